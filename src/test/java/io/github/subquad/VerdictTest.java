package io.github.subquad;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.subquad.reference.Verdict;
import io.github.subquad.tensor.DataType;
import io.github.subquad.tensor.Tensor;

import org.junit.jupiter.api.Test;

/** The verdict passes what rounding explains, and nothing else. */
class VerdictTest {
    private static final long SEED = 17;
    private static final Subject CPU =
            Subject.all().stream()
                    .filter(s -> s.device().backend().equals("cpu") && s.kernel() == Kernel.FUSED)
                    .findFirst()
                    .orElseThrow();

    private static final AttentionShape SHAPE = AttentionShape.of(2, 70, 90, 16);

    @Test
    void anErrorInOneElementIsSeen() {
        Case c = Case.of(SHAPE, SEED);
        AttentionResult result = c.attend(CPU);
        assertThat(c.verdict(result)).matches(Verdict::ok);
        spoil(result.output(), 1e-3f);
        assertThat(c.verdict(result)).matches(v -> !v.ok());
    }

    private static void spoil(Tensor output, float error) {
        output.set(output.get(1, 3, 5) + error, 1, 3, 5);
    }

    @Test
    void aMaskOfLeastFloatsHidesNoError() {
        Tensor mask = Tensor.allocate(DataType.F32, 1, 1, SHAPE.keyTokens());
        for (long j = 40; j < SHAPE.keyTokens(); j++) {
            mask.set(-Float.MAX_VALUE, 0, 0, j);
        }
        Case c = Case.of(SHAPE, SEED).withMask(mask);
        AttentionResult result = c.attend(CPU);
        assertThat(c.verdict(result)).matches(Verdict::ok);
        spoil(result.output(), 1e-3f);
        assertThat(c.verdict(result)).matches(v -> !v.ok());
    }

    @Test
    void rowsWhoseKeysAllHaveTheLeastBiasAgree() {
        Tensor mask = Tensor.allocate(DataType.F32, 1, 1, SHAPE.keyTokens());
        for (long j = 0; j < SHAPE.keyTokens(); j++) {
            mask.set(-Float.MAX_VALUE, 0, 0, j);
        }
        Case c = Case.of(SHAPE, SEED).withMask(mask);
        assertThat(c.verdict(c.attend(CPU))).matches(Verdict::ok);
    }

    @Test
    void aRowOfHugeScoresDoesNotExcuseTheOthers() {
        Tensor mask = Tensor.allocate(DataType.F32, 1, SHAPE.queryTokens(), SHAPE.keyTokens());
        for (long j = 0; j < SHAPE.keyTokens(); j++) {
            mask.set(-Float.MAX_VALUE, 0, 7, j);
        }
        Case c = Case.of(SHAPE, SEED).withMask(mask);
        AttentionResult result = c.attend(CPU);
        assertThat(c.verdict(result)).matches(Verdict::ok);
        spoil(result.output(), 1e-3f);
        assertThat(c.verdict(result)).matches(v -> !v.ok());
    }

    @Test
    void manyChannelsAreExplained() {
        Case c = Case.of(AttentionShape.of(1, 64, 64, 4096), SEED);
        assertThat(c.verdict(c.attend(CPU))).matches(Verdict::ok);
    }

    @Test
    void nanInARowLeavesTheOtherRowsJudged() {
        Case c = Case.of(SHAPE, SEED);
        c.query().set(Float.NaN, 0, 0, 0);
        AttentionResult result = c.attend(CPU);
        assertThat(c.verdict(result)).matches(Verdict::ok);
        spoil(result.output(), 1e-3f);
        assertThat(c.verdict(result)).matches(v -> !v.ok());
    }

    @Test
    void nanIsNoLogSumExpOfAnEmptyRow() {
        Case c = Case.of(SHAPE, SEED).withMask(Case.truth(SEED, 0, 1, 1, SHAPE.keyTokens()));
        AttentionResult result = c.attend(CPU);
        assertThat(c.verdict(result)).matches(Verdict::ok);
        Case.logSumExp(result).set(Float.NaN, 0, 0);
        assertThat(c.verdict(result)).matches(v -> !v.ok());
    }

    @Test
    void aSampleHasTheLastRow() {
        Case c = Case.of(AttentionShape.of(1, 3000, 3000, 32), SEED);
        AttentionResult result = c.attend(CPU);
        Verdict verdict = c.verdict(result);
        assertThat(verdict).matches(Verdict::ok);
        assertThat(verdict.rowsChecked()).isLessThan(verdict.rows());
        result.output().set(1, 0, 2999, 0);
        assertThat(c.verdict(result)).matches(v -> !v.ok());
    }
}
