package io.github.subquad.tornado;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.subquad.Attention;
import io.github.subquad.AttentionOptions;
import io.github.subquad.Backends;
import io.github.subquad.Device;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import java.util.List;
import java.util.Map;

/** Devices: listed, chosen by name, each usable; several drivers beside each other. */
@Tag("device")
class DevicesTest {
    /** A second device from the same processor. */
    private static final Map<String, String> TWO = Map.of("POCL_DEVICES", "pthread pthread");

    private static List<Device> tornado() {
        return Backends.available().stream().filter(d -> d.backend().equals("tornado")).toList();
    }

    @Test
    void somethingIsTested() {
        assertThat(tornado()).isNotEmpty().allMatch(Device::usable);
        tornado().forEach(device -> System.out.println("tested on " + device));
    }

    @Test
    void aProcessorIsNotChosenByItself() {
        assumeTrue(DeviceCatalog.devices().stream().allMatch(DeviceTraits::isProcessor));
        try (Attention attention = Attention.open(AttentionOptions.DEFAULTS)) {
            assertThat(attention.device().backend()).isEqualTo("cpu");
        }
    }

    @Test
    void aDeviceIsChosenByIdAddressAndPartOfItsName() {
        Device first = tornado().getFirst();
        String part = first.name().substring(0, first.name().indexOf(' '));
        for (String name : List.of(first.id(), first.address(), part)) {
            var options = AttentionOptions.builder().backend("tornado").device(name).build();
            try (Attention attention = Attention.open(options)) {
                assertThat(attention.device()).as(name).isEqualTo(first);
            }
        }
    }

    @Test
    void twoDevicesAreListedAndEachComputes() throws Exception {
        assumeTrue(DeviceCatalog.devices().getFirst().platform().startsWith("Portable"), "PoCL");
        String list = DeviceProcess.subquad(TWO, List.of(), "devices").out();
        assertThat(list).containsPattern("tornado:0:0 +usable").containsPattern("tornado:0:1 +usable");
        for (String id : List.of("0:0", "0:1")) {
            var run =
                    DeviceProcess.subquad(
                            TWO,
                            List.of(),
                            "verify",
                            "--shape",
                            "2,33,47,16",
                            "--backend",
                            "tornado",
                            "--device",
                            id);
            assertThat(run.err()).isEmpty();
            assertThat(run.out()).contains("tornado:" + id).containsPattern("verdict +ok");
        }
    }

    @Test
    void standardOutputIsOurs() throws Exception {
        var run =
                DeviceProcess.subquad(
                        Map.of(),
                        List.of(),
                        "bench",
                        "--shape",
                        "1,16,16,8",
                        "--backend",
                        "tornado",
                        "--repetitions",
                        "3",
                        "--warm-up",
                        "0",
                        "--format",
                        "csv");
        assertThat(run.err()).isEmpty();
        assertThat(run.out().lines()).hasSize(2);
        assertThat(run.out()).startsWith("workload,").contains(",tornado,0:0,");
    }
}
