package io.github.subquad.tornado;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiFunction;

/** The programs of an engine, lent to one call at a time; all its passes share their memory. */
final class DevicePrograms implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger("io.github.subquad");

    private final DevicePlanner planner;
    private final PlanCache<Capacity, Program> cache;

    /** Smaller layouts in place of those that met a device that was full. */
    private final Map<Layout, Layout> shrunk = new ConcurrentHashMap<>();

    DevicePrograms(DeviceTraits device, DevicePlanner planner) {
        this.planner = planner;
        cache = new PlanCache<>(key -> compile(device, key), planner.cacheBytes());
    }

    /** Task graphs for a capacity; TornadoVM looks at the kernels' code when a task is named. */
    static Program compile(DeviceTraits device, Capacity capacity) {
        return DeviceFailure.guard(
                device,
                "kernel step " + capacity.step().number(),
                () ->
                        capacity.pass().isBackward()
                                ? new GradientProgram(device, capacity)
                                : forward(device, capacity));
    }

    private static ForwardProgram forward(DeviceTraits device, Capacity capacity) {
        return switch (capacity.step()) {
            case PLAIN -> new PlainProgram(device, capacity);
            case TILED -> new TiledProgram(device, capacity);
            case FUSED_ROWS, FUSED_TILES -> new FusedProgram(device, capacity);
        };
    }

    /** What a layout has become. */
    Layout taken(Layout planned) {
        return shrunk.getOrDefault(planned, planned);
    }

    /**
     * Runs a call. Where a buffer does not fit, what is at rest on the device goes first; if there
     * is nothing, the call begins again with smaller chunks: a program allocates all it needs
     * before its first result.
     *
     * @param masked whether the call has a mask
     * @param work that may be begun again
     */
    <T> T run(Layout planned, boolean masked, boolean timed, BiFunction<Layout, Program, T> work) {
        Layout layout = taken(planned);
        while (true) {
            try {
                return runOnce(layout, masked, timed, work);
            } catch (DeviceFailure.OutOfMemory e) {
                if (cache.clear()) {
                    continue;
                }
                Layout smaller = planner.smaller(layout);
                if (smaller == null) {
                    throw e;
                }
                LOG.log(
                        System.Logger.Level.WARNING,
                        "{0}; going on with smaller chunks",
                        e.getMessage());
                layout = smaller;
                shrunk.put(planned, smaller);
            }
        }
    }

    private <T> T runOnce(
            Layout layout, boolean masked, boolean timed, BiFunction<Layout, Program, T> work) {
        Capacity capacity = layout.capacity(masked);
        Program program = cache.borrow(capacity, capacity.bytes());
        boolean whole = false;
        try {
            program.tasks().profile(timed);
            T result = work.apply(layout, program);
            whole = true;
            return result;
        } finally {
            if (whole) {
                cache.giveBack(capacity, program);
            } else {
                cache.discard(capacity, program);
            }
        }
    }

    /** Room for weights, counted with the programs. */
    KeptChunks keep(long mostBytes) {
        return new KeptChunks(cache, mostBytes);
    }

    /** Every array of a program lies on the device and on the host. */
    long peakDeviceBytes() {
        return cache.peakProgramBytes() / 2;
    }

    long peakBytes() {
        return cache.peakBytes();
    }

    @Override
    public void close() {
        cache.close();
    }
}
