package io.github.subquad.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The command as a whole on the processor; no figure is judged but by its being one. */
class RooflineCommandTest {
    @Test
    void fourFiguresForEachNumberOfThreads() {
        String out =
                Run.ofLine("roofline --backend cpu --threads 1,2 --repetitions 1").succeeds().out();
        assertThat(out).containsPattern("cpu:0, .+; 1 host thread\\R");
        assertThat(out).containsPattern("cpu:0, .+; 2 host threads\\R");
        for (String name : new String[] {"multiply-add", "copy", "read", "round trip"}) {
            assertThat(out.lines().filter(line -> line.startsWith("  " + name))).hasSize(2);
        }
    }

    @Test
    void jsonHasMediansAndBests() {
        Run run = Run.ofLine("roofline --backend cpu --threads 1 --repetitions 3 --format json");
        JsonNode roofs = JsonMapper.shared().readTree(run.succeeds().out());
        assertThat(roofs).hasSize(1);
        JsonNode roof = roofs.get(0);
        assertThat(roof.at("/device").asString()).isEqualTo("cpu:0");
        assertThat(roof.at("/threads").asInt()).isEqualTo(1);
        assertThat(roof.at("/repetitions").asInt()).isEqualTo(3);
        for (String rate :
                new String[] {
                    "fma_gflops", "copy_gigabytes_per_second", "read_gigabytes_per_second"
                }) {
            double median = roof.at("/" + rate + "/median").asDouble();
            assertThat(median).as(rate).isPositive().isFinite();
            assertThat(roof.at("/" + rate + "/best").asDouble()).isGreaterThanOrEqualTo(median);
        }
        double trip = roof.at("/round_trip_nanos/median").asDouble();
        assertThat(roof.at("/round_trip_nanos/best").asDouble())
                .isPositive()
                .isLessThanOrEqualTo(trip);
    }

    @Test
    void theSameWorkIsMeasuredOnce() {
        Run run =
                Run.ofLine(
                        "roofline --backend cpu,cpu --threads 1,1 --repetitions 1 --format json");
        assertThat(JsonMapper.shared().readTree(run.succeeds().out())).hasSize(1);
    }

    @Test
    void aBackendWithoutAProbeSaysSoBeforeAnythingIsMeasured() {
        Run run = Run.ofLine("roofline --backend cpu,reference");
        assertThat(run.status()).isEqualTo(1);
        assertThat(run.out()).isEmpty();
        assertThat(run.err()).startsWith("subquad: reference:0: has no kernels that show");
    }

    @Test
    void whatCannotBeAskedForIsRefused() {
        assertRefused("--backend nosuch", "--backend: expected auto, ");
        assertRefused("--threads 0", "--threads: expected at least 1, got 0");
        assertRefused("--repetitions 0", "--repetitions: expected at least 1, got 0");
        assertRefused("--format csv", "--format: expected one of table, json, got 'csv'");
        assertRefused("--backend cpu --device 7", "--device: expected one of [cpu:0 ");
    }

    private static void assertRefused(String options, String message) {
        Run run = Run.ofLine("roofline " + options);
        assertThat(run.status()).as(options).isEqualTo(2);
        assertThat(run.err()).contains(message);
    }
}
