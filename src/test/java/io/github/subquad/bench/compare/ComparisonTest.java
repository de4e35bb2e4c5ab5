package io.github.subquad.bench.compare;

import static io.github.subquad.bench.compare.ResultJson.times;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.subquad.bench.ResultFile;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

class ComparisonTest {
    private static final double ALPHA = 0.05;

    @TempDir private Path directory;

    @Test
    void aRowThatTakesATenthLongerIsSlowerAndTheOthersShowNothing() throws IOException {
        var base = new ResultJson();
        var other = new ResultJson();
        for (int i = 0; i < 5; i++) {
            base.row("w" + i, "cpu", 2, times(i, 10, 1e6));
            other.row("w" + i, "cpu", 2, times(100 + i, 10, i == 3 ? 1.1e6 : 1e6));
        }
        ComparedFile file = compare(base, other).others().getFirst();
        assertThat(file.rows())
                .extracting(ComparedRow::finding)
                .containsExactly(
                        Finding.NOTHING,
                        Finding.NOTHING,
                        Finding.NOTHING,
                        Finding.SLOWER,
                        Finding.NOTHING);
        ComparedRow slower = file.rows().get(3);
        assertThat(Objects.requireNonNull(slower.ratio()).estimate())
                .isCloseTo(1 / 1.1, within(0.02));
        assertThat(slower.isSlowerBy(0.05)).isTrue();
        assertThat(slower.isSlowerBy(0.15)).isFalse();
        assertThat(file.means()).hasSize(1);
        assertThat(file.means().getFirst().ratio()).isCloseTo(Math.pow(1 / 1.1, 0.2), within(0.01));
    }

    /** Each row alone has p = 2/70; Holm's first factor over two rows makes that 5.7%. */
    @Test
    void whatOneRowShowsAloneItMayNotShowAmongOthers() throws IOException {
        long[] slow = {200, 201, 202, 203};
        long[] fast = {100, 101, 102, 103};
        var one = compare(new ResultJson().row("a", "cpu", 1, slow), row("a", fast));
        assertThat(only(one).finding()).isEqualTo(Finding.FASTER);
        assertThat(only(one).correctedP()).isCloseTo(2 / 70., within(1e-12));
        var two =
                compare(
                        row("a", slow).row("b", "cpu", 1, slow),
                        row("a", fast).row("b", "cpu", 1, fast));
        assertThat(two.rows()).allMatch(row -> row.finding() == Finding.NOTHING);
        assertThat(two.rows())
                .extracting(ComparedRow::correctedP)
                .allSatisfy(p -> assertThat(p).isCloseTo(4 / 70., within(1e-12)));
    }

    /** The same two rows, but in two files. */
    @Test
    void theCorrectionIsOverAllFiles() throws IOException {
        ResultFile base = read(row("a", 200, 201, 202, 203));
        ResultFile other = read(row("a", 100, 101, 102, 103));
        Comparison comparison = Comparison.of(base, List.of(other, other), ALPHA);
        assertThat(comparison.rows()).hasSize(2).allMatch(row -> row.finding() == Finding.NOTHING);
    }

    @Test
    void theLevelDecidesWhatIsShown() throws IOException {
        ResultFile base = read(row("a", 100, 101, 102, 103));
        ResultFile other = read(row("a", 200, 201, 202, 203));
        assertThat(only(Comparison.of(base, List.of(other), 0.03)).finding())
                .isEqualTo(Finding.SLOWER);
        assertThat(only(Comparison.of(base, List.of(other), 0.02)).finding())
                .isEqualTo(Finding.NOTHING);
    }

    @Test
    void rowsThatMeasureTheSameAreFoundInAnyOrder() throws IOException {
        var base = new ResultJson().row("a", "cpu", 1, 10, 10).row("a", "cpu", 2, 20, 20);
        var other = new ResultJson().row("a", "cpu", 2, 40, 40).row("a", "cpu", 1, 30, 30);
        assertThat(settings(compare(base, other)))
                .containsExactly("cpu:0, threads 1", "cpu:0, threads 2");
    }

    @Test
    void anotherDeviceIsComparedThreadByThread() throws IOException {
        var base = new ResultJson().row("a", "cpu", 1, 10, 10).row("a", "cpu", 2, 20, 20);
        var other = new ResultJson().row("a", "tornado", 1, 4, 4).row("a", "tornado", 2, 3, 3);
        assertThat(settings(compare(base, other)))
                .containsExactly("cpu:0 → tornado:0, threads 1", "cpu:0 → tornado:0, threads 2");
    }

    @Test
    void anotherNumberOfThreadsIsComparedPlaceByPlace() throws IOException {
        var base = new ResultJson().row("a", "cpu", 2, 10, 10).row("a", "reference", 2, 20, 20);
        var other = new ResultJson().row("a", "reference", 1, 4, 4).row("a", "cpu", 1, 3, 3);
        assertThat(settings(compare(base, other)))
                .containsExactly("cpu:0, threads 2 → 1", "reference:0, threads 2 → 1");
    }

    @Test
    void theOnlyRowsOfAWorkloadAreComparedWhateverTheirSettings() throws IOException {
        var other =
                new ResultJson()
                        .row("a", "tornado", 1, 3, 3)
                        .with("/rows/0/setting/kernel", "staged")
                        .with("/rows/0/setting/kv_chunk_size", 64)
                        .with("/rows/0/setting/self_check", false);
        assertThat(settings(compare(new ResultJson().row("a", "cpu", 2, 9, 9), other)))
                .containsExactly(
                        "cpu:0 → tornado:0, threads 2 → 1, kernel auto → staged, key chunk auto →"
                                + " 64, self-check on → off");
    }

    @Test
    void aBackwardPassIsNotHeldAgainstAForwardOne() throws IOException {
        var base = new ResultJson().row("a", "cpu", 1, 10, 10).row("b", "cpu", 1, 10, 10);
        var other =
                new ResultJson()
                        .row("a", "cpu", 1, 30, 30)
                        .with("/rows/0/workload/pass", "forward-backward")
                        .row("b", "cpu", 1, 30, 30)
                        .with("/rows/1/workload/pass", "forward");
        ComparedFile file = compare(base, other).others().getFirst();
        assertThat(file.rows()).extracting(row -> row.workload().name()).containsExactly("b");
        assertThat(file.unpaired())
                .extracting(unpaired -> unpaired.workload().label())
                .containsExactly("a", "a, forward+backward");
    }

    @Test
    void whatKeepsItsWeightsIsComparedAsAnotherSetting() throws IOException {
        var base =
                new ResultJson()
                        .row("a", "cpu", 1, 10, 10)
                        .with("/rows/0/workload/pass", "forward-backward");
        var other =
                new ResultJson()
                        .row("a", "cpu", 1, 10, 10)
                        .with("/rows/0/workload/pass", "forward-backward")
                        .with("/rows/0/setting/use_checkpoint", false);
        assertThat(settings(compare(base, other)))
                .containsExactly("cpu:0, threads 1, checkpoint on → off");
    }

    @Test
    void noPartnerIsGuessed() throws IOException {
        var base = new ResultJson().row("a", "cpu", 1, 10, 10);
        var other = new ResultJson().row("a", "cpu", 2, 10, 10).row("a", "cpu", 4, 10, 10);
        Comparison comparison = compare(base, other);
        assertThat(comparison.rows()).isEmpty();
        assertThat(comparison.others().getFirst().unpaired())
                .extracting(Unpaired::inBase)
                .containsExactly(true, false, false);
        assertThat(comparison.ok()).isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "/rows/0/workload/name,             other",
        "/rows/0/workload/causal,           top-left",
        "/rows/0/workload/data_type,        f16",
        "/rows/0/workload/shape/key_tokens, 30",
    })
    void anotherWorkloadIsNoPartner(String pointer, String value) throws IOException {
        Object part = value.equals("30") ? Integer.valueOf(30) : value;
        Comparison comparison = compare(row("a", 10, 10), row("a", 10, 10).with(pointer, part));
        assertThat(comparison.rows()).isEmpty();
        assertThat(comparison.others().getFirst().unpaired()).hasSize(2);
    }

    @Test
    void whyTheOtherFileLacksARowIsTold() throws IOException {
        var other = new ResultJson().skipped("a", "cpu", 1, "too large");
        assertThat(compare(row("a", 10, 10), other).others().getFirst().unpaired())
                .singleElement()
                .extracting(Unpaired::reason)
                .isEqualTo("too large");
    }

    @ParameterizedTest
    @CsvSource({
        "false, true,  the result is wrong in the base",
        "true,  false, the result is wrong in this file",
        "false, false, the result is wrong in both files",
    })
    void aWrongResultIsNeverCompared(boolean first, boolean second, String reason)
            throws IOException {
        long[] nanos = times(1, 10, 1e6);
        Comparison comparison =
                compare(
                        row("a", nanos).with("/rows/0/verdict/ok", first),
                        row("a", nanos).with("/rows/0/verdict/ok", second));
        assertThat(only(comparison).finding()).isEqualTo(Finding.NOT_COMPARED);
        assertThat(only(comparison).ratio()).isNull();
        assertThat(only(comparison).reason()).isEqualTo(reason);
        assertThat(comparison.allOk()).isFalse();
        assertThat(comparison.ok()).isFalse();
    }

    @Test
    void oneRepetitionIsNotCompared() throws IOException {
        Comparison comparison = compare(row("a", 10, 11, 12), row("a", 20));
        assertThat(only(comparison).finding()).isEqualTo(Finding.NOT_COMPARED);
        assertThat(only(comparison).reason())
                .isEqualTo("expected at least 2 repetitions in both files, got 1");
        assertThat(comparison.allOk()).isTrue();
    }

    @Test
    void severalBackendsHaveAMeanEach() throws IOException {
        var base = new ResultJson();
        var other = new ResultJson();
        for (String backend : List.of("cpu", "reference")) {
            base.row("a", backend, 1, 800, 800).row("b", backend, 1, 800, 800);
            long time = backend.equals("cpu") ? 100 : 400;
            other.row("a", backend, 1, time, time).row("b", backend, 1, 800, 800);
        }
        List<GeometricMean> means = compare(base, other).others().getFirst().means();
        assertThat(means)
                .extracting(GeometricMean::backend)
                .containsExactly(null, "cpu", "reference");
        assertThat(means).extracting(GeometricMean::rows).containsExactly(4, 2, 2);
        assertThat(means.get(0).ratio()).isCloseTo(2, within(1e-12)); // 4th root of 8 · 2
        assertThat(means.get(1).ratio()).isCloseTo(Math.sqrt(8), within(1e-12));
        assertThat(means.get(2).ratio()).isCloseTo(Math.sqrt(2), within(1e-12));
    }

    @Test
    void whatDiffersBesideTheSettingsIsPointedOut() throws IOException {
        var other =
                row("a", 10, 10)
                        .with("/environment/processor", "another")
                        .with("/run/protocol/repetitions", 5)
                        .with("/run/protocol/cache", "cold")
                        .with("/run/seed", 2)
                        .with("/rows/0/device/name", "narrow lanes");
        assertThat(differences(row("a", 10, 10), other))
                .containsExactlyInAnyOrder(
                        "processor: a processor, there another",
                        "repetitions: 10, there 5",
                        "cache: warm, there cold",
                        "seed: 1, there 2",
                        "cpu:0: lanes, there narrow lanes");
        assertThat(differences(row("a", 10, 10), row("a", 10, 10))).isEmpty();
    }

    @Test
    void uncommittedChangesArePointedOutEvenWhereBothHaveThem() throws IOException {
        var clean = row("a", 10, 10).with("/environment/dirty", false);
        var dirty = row("a", 10, 10).with("/environment/dirty", true);
        assertThat(differences(clean, dirty)).containsExactly("uncommitted changes: no, there yes");
        assertThat(differences(dirty, dirty)).containsExactly("uncommitted changes: in both");
        assertThat(differences(clean, clean)).isEmpty();
    }

    private List<String> differences(ResultJson base, ResultJson other) throws IOException {
        return compare(base, other).others().getFirst().differences();
    }

    private static ResultJson row(String workload, long... nanos) {
        return new ResultJson().row(workload, "cpu", 1, nanos);
    }

    private static ComparedRow only(Comparison comparison) {
        List<ComparedRow> rows = comparison.rows().toList();
        assertThat(rows).hasSize(1);
        return rows.getFirst();
    }

    private static List<String> settings(Comparison comparison) {
        List<String> settings = new ArrayList<>();
        comparison
                .rows()
                .map(row -> SettingText.of(row.baseSetting(), row.setting()))
                .forEach(settings::add);
        return settings;
    }

    private Comparison compare(ResultJson base, ResultJson other) throws IOException {
        return Comparison.of(read(base), List.of(read(other)), ALPHA);
    }

    private ResultFile read(ResultJson file) throws IOException {
        return ResultFile.readAll(List.of(file.write(directory.resolve("file.json")))).getFirst();
    }
}
