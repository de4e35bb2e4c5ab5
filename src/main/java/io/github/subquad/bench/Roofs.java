package io.github.subquad.bench;

import io.github.subquad.AttentionOptions;
import io.github.subquad.BackendException;
import io.github.subquad.RoofProbe;
import io.github.subquad.bench.machine.Roof;
import io.github.subquad.bench.machine.RoofSamples;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** What the devices of a benchmark can do at most, sampled once a repetition, beside its rows. */
final class Roofs implements AutoCloseable {
    /** Where peers compute. */
    static final String HOST = "cpu";

    private final Map<RoofProbe, RoofSamples> samples = new LinkedHashMap<>();

    /** Of an earlier sitting, whose devices are not probed in this one. */
    private final List<Roof> earlier = new ArrayList<>();

    private boolean warm;

    /**
     * Opens a probe for each device and number of threads, where its backend has one.
     *
     * @param settings of the rows
     * @param probes opens a probe, or fails with a BackendException
     */
    Roofs(List<Setting> settings, Function<AttentionOptions, RoofProbe> probes) {
        settings.stream().map(Roofs::place).distinct().forEach(place -> open(place, probes));
    }

    /** Device and threads alone. */
    private static Setting place(Setting setting) {
        return setting.peer()
                ? Setting.of(HOST, setting.threads())
                : Setting.of(setting.backend(), setting.threads())
                        .on(setting.backend(), setting.device());
    }

    private void open(Setting place, Function<AttentionOptions, RoofProbe> probes) {
        try {
            RoofProbe probe =
                    probes.apply(
                            AttentionOptions.builder()
                                    .backend(place.backend())
                                    .device(place.device())
                                    .threads(place.threads())
                                    .build());
            if (samples.keySet().stream().anyMatch(p -> RoofSamples.areAlike(p, probe))) {
                probe.close();
            } else {
                samples.put(probe, new RoofSamples());
            }
        } catch (BackendException e) {
            // Rows of a device without a probe have no share of a roof.
        }
    }

    /**
     * Goes on from an earlier sitting.
     *
     * @param roofs that it measured
     */
    void resume(List<Roof> roofs) {
        for (Roof roof : roofs) {
            samples.entrySet().stream()
                    .filter(e -> e.getKey().device().address().equals(roof.device()))
                    .filter(e -> e.getKey().threads() == roof.threads())
                    .findFirst()
                    .ifPresentOrElse(e -> e.getValue().resume(roof), () -> earlier.add(roof));
        }
    }

    /** Runs every kernel once; before the first time, once to compile it, which does not count. */
    void sample() {
        if (!warm) {
            samples.keySet().forEach(probe -> new RoofSamples().sample(probe));
            warm = true;
        }
        samples.forEach((probe, taken) -> taken.sample(probe));
    }

    /** What was sampled so far. */
    List<Roof> roofs() {
        List<Roof> roofs = new ArrayList<>(earlier);
        samples.values().stream()
                .filter(taken -> taken.size() > 0)
                .forEach(taken -> roofs.add(taken.roof()));
        return roofs;
    }

    @Override
    public void close() {
        samples.keySet().forEach(RoofProbe::close);
    }
}
