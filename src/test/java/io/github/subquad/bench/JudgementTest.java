package io.github.subquad.bench;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.subquad.reference.GradientVerdict;
import io.github.subquad.reference.Verdict;

import org.junit.jupiter.api.Test;

class JudgementTest {
    private static final Verdict RIGHT = new Verdict(5e-7, 8e-7, 0, 1e-6, 0.5, 100, 800);
    private static final GradientVerdict.Part GOOD =
            new GradientVerdict.Part(1e-7, 2e-6, 0.1, 10, 80);

    @Test
    void theResultThatTakesTheGreatestShareOfItsBoundStandsForAll() {
        assertThat(Judgement.of(RIGHT, new GradientVerdict(GOOD, GOOD, GOOD)))
                .isEqualTo(Judgement.of(RIGHT));
        var closer = new GradientVerdict.Part(9e-7, 1e-6, 0.1, 10, 80);
        Judgement judgement = Judgement.of(RIGHT, new GradientVerdict(GOOD, GOOD, closer));
        assertThat(judgement.part()).isEqualTo(Judgement.Part.VALUE_GRADIENT);
        assertThat(judgement)
                .hasToString(
                        "ok: value gradient, relative error 9.0e-07, bound 1.0e-06, 10 of 80 rows"
                                + " checked");
    }

    /** Right as a whole, but for a row that errs by more than its share. */
    @Test
    void aWrongRowOfOneGradientFailsAll() {
        var wrongRow = new GradientVerdict.Part(1e-8, 1e-6, 1.5, 10, 80);
        Judgement judgement = Judgement.of(RIGHT, new GradientVerdict(GOOD, wrongRow, GOOD));
        assertThat(judgement.ok()).isFalse();
        assertThat(judgement.part()).isEqualTo(Judgement.Part.KEY_GRADIENT);
    }

    @Test
    void aWrongOutputFailsRightGradients() {
        var wrong = new Verdict(1e-3, 2e-3, 0, 1e-6, 250, 100, 800);
        assertThat(Judgement.of(wrong, new GradientVerdict(GOOD, GOOD, GOOD)))
                .isEqualTo(Judgement.of(wrong));
    }

    @Test
    void aGradientThatIsNotANumberIsTheWorst() {
        var wrong = new GradientVerdict.Part(1e-3, 1e-6, 250, 10, 80);
        var nothing = new GradientVerdict.Part(Double.NaN, 1e-6, Double.NaN, 10, 80);
        Judgement judgement = Judgement.of(RIGHT, new GradientVerdict(nothing, wrong, GOOD));
        assertThat(judgement.part()).isEqualTo(Judgement.Part.QUERY_GRADIENT);
        assertThat(judgement)
                .hasToString(
                        "FAILED: query gradient, relative error not finite, bound 1.0e-06, 10 of 80"
                                + " rows checked");
    }
}
