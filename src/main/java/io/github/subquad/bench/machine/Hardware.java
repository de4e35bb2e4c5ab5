package io.github.subquad.bench.machine;

import oshi.SystemInfo;
import oshi.hardware.CentralProcessor;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** What OSHI reads of the machine, each thing on its own: what fails is not known, no more. */
final class Hardware {
    /** Of a processor's features those that a kernel of numbers may use. */
    private static final Pattern VECTORS =
            Pattern.compile("avx\\w*|sse4\\w*|fma\\d?|f16c|amx\\w*|neon|asimd\\w*|sve\\w*");

    private final Optional<SystemInfo> system = ask(Optional.of(true), _ -> new SystemInfo());
    private final Optional<CentralProcessor> processor =
            ask(system, info -> info.getHardware().getProcessor());

    /** Its native part does not run on every system; a benchmark does. */
    private static <S, T> Optional<T> ask(Optional<S> source, Function<S, T> question) {
        try {
            return source.map(question);
        } catch (RuntimeException | LinkageError e) {
            return Optional.empty();
        }
    }

    /** Model of the processor. */
    Optional<String> model() {
        return ask(processor, p -> p.getProcessorIdentifier().getName().strip());
    }

    /** Vector instructions of the processor, by the names of the operating system, sorted. */
    List<String> vectorFlags() {
        return ask(processor, p -> vectorFlags(p.getFeatureFlags())).orElse(List.of());
    }

    /**
     * The same from OSHI's lines.
     *
     * @param lines {@code flags : fpu avx2 …} on Linux, {@code PF_AVX2_INSTRUCTIONS_AVAILABLE} on
     *     Windows, {@code hw.optional.avx2_0: 1} on macOS
     */
    static List<String> vectorFlags(List<String> lines) {
        return lines.stream()
                .filter(line -> !line.matches("hw\\..*: 0"))
                .map(line -> line.toLowerCase(Locale.ROOT))
                .map(line -> line.replaceAll("\\bpf_|_instructions_available", ""))
                .flatMap(line -> Stream.of(line.split("[^a-z0-9_]+")))
                .filter(word -> VECTORS.matcher(word).matches())
                .distinct()
                .sorted()
                .toList();
    }

    /** Physical cores. */
    Optional<Integer> cores() {
        return ask(processor, CentralProcessor::getPhysicalProcessorCount);
    }

    /** The clock of the fastest core at this moment, in MHz. */
    Optional<Double> clock() {
        return ask(processor, p -> Arrays.stream(p.getCurrentFreq()).max().orElse(0) / 1e6)
                .filter(megahertz -> megahertz > 0);
    }

    /** Processes that ran or waited to run, on average over a minute. */
    Optional<Double> load() {
        return ask(processor, p -> p.getSystemLoadAverage(1)[0])
                .filter(load -> load >= 0 && load < Double.POSITIVE_INFINITY);
    }

    /** Of the processor, in °C. */
    Optional<Double> temperature() {
        return ask(system, info -> info.getHardware().getSensors().getCpuTemperature())
                .filter(celsius -> celsius > 0 && celsius < Double.POSITIVE_INFINITY);
    }

    /** Physical memory in bytes. */
    Optional<Long> memory() {
        return ask(system, info -> info.getHardware().getMemory().getTotal())
                .filter(bytes -> bytes > 0);
    }

    /** Family and version of the operating system. */
    Optional<String> operatingSystem() {
        return ask(system, SystemInfo::getOperatingSystem)
                .map(os -> os.getFamily() + " " + os.getVersionInfo().getVersion());
    }
}
