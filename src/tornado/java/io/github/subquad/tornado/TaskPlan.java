package io.github.subquad.tornado;

import io.github.subquad.BackendException;
import io.github.subquad.CallTiming;
import io.github.subquad.KernelSource;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import uk.ac.manchester.tornado.api.GridScheduler;
import uk.ac.manchester.tornado.api.ImmutableTaskGraph;
import uk.ac.manchester.tornado.api.TaskGraph;
import uk.ac.manchester.tornado.api.TornadoExecutionPlan;
import uk.ac.manchester.tornado.api.TornadoExecutionResult;
import uk.ac.manchester.tornado.api.TornadoProfilerResult;
import uk.ac.manchester.tornado.api.WorkerGrid;
import uk.ac.manchester.tornado.api.WorkerGrid2D;
import uk.ac.manchester.tornado.api.enums.ProfilerMode;
import uk.ac.manchester.tornado.api.enums.TornadoVMBackendType;
import uk.ac.manchester.tornado.api.exceptions.TornadoInternalError;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;

/**
 * Task graphs on one device, and the guards that TornadoVM needs: it may run a kernel on the host,
 * or not at all, and report success. So a grid that a device would refuse is refused here, and the
 * first launch of each task must have taken time on the device.
 *
 * <p>Not thread-safe: TornadoVM wants one thread at a time in a plan.
 */
final class TaskPlan implements AutoCloseable {
    /**
     * Instead of TornadoVM's own flags, whose relaxed mathematics make exp(−∞) wrong.
     *
     * @see <a href="https://registry.khronos.org/OpenCL/specs/">clBuildProgram</a>
     */
    private static final String OPENCL_FLAGS = "-cl-mad-enable -w";

    private static final System.Logger LOG = System.getLogger("io.github.subquad");

    /** CUDA takes no more groups on y. */
    static final int MOST_GROUPS = 65_535;

    private static final JsonMapper JSON = new JsonMapper();

    /** TornadoVM's profiler is one switch for all plans: who turns it on works alone. */
    private static final ReadWriteLock PROFILER = new ReentrantReadWriteLock();

    private final DeviceTraits device;
    private final TornadoExecutionPlan plan;
    private final List<String> graphs;
    private final Map<String, Set<String>> unproven;
    private final Map<String, Object[]> demanded;
    private final Map<String, TornadoExecutionResult> results = new HashMap<>();
    private boolean profiling;

    private TaskPlan(Builder builder) {
        device = builder.device;
        graphs = List.copyOf(builder.names);
        unproven = new HashMap<>(builder.tasks);
        demanded = Map.copyOf(builder.demanded);
        ImmutableTaskGraph[] graphs =
                builder.graphs.stream().map(TaskGraph::snapshot).toArray(ImmutableTaskGraph[]::new);
        plan =
                DeviceFailure.guard(
                        device,
                        builder.names.getFirst(),
                        () -> {
                            var made = new TornadoExecutionPlan(graphs);
                            made.withDevice(device.handle());
                            made.withGridScheduler(builder.grids);
                            made.withCompilerFlags(TornadoVMBackendType.OPENCL, OPENCL_FLAGS);
                            made.withProfiler(ProfilerMode.SILENT);
                            return made;
                        });
    }

    /** Collects graphs and grids. */
    static final class Builder {
        private final DeviceTraits device;
        private final List<String> names = new ArrayList<>();
        private final List<TaskGraph> graphs = new ArrayList<>();
        private final GridScheduler grids = new GridScheduler();
        private final Map<String, Set<String>> tasks = new HashMap<>();
        private final Map<String, Object[]> demanded = new HashMap<>();

        Builder(DeviceTraits device) {
            this.device = device;
        }

        /** Adds a graph, to be filled by the caller; it is run by its name. */
        TaskGraph graph(String name) {
            var graph = new TaskGraph(name);
            names.add(name);
            tasks.put(name, new HashSet<>());
            graphs.add(graph);
            return graph;
        }

        /**
         * The grid of a task of the last graph: work-items in two dimensions, rounded up to whole
         * groups. TornadoVM does not report a launch that a device refuses for its sizes. Kernels
         * of parallel loops stride over the grid, so that fewer groups do as well.
         *
         * @throws BackendException if the group is larger than the device takes
         */
        Builder grid(String task, long x, int groupX, long y, int groupY) {
            if ((long) groupX * groupY > device.groupSize()) {
                throw new BackendException(
                        device.address(),
                        "kernel %s wants groups of %d work-items, the device takes %d"
                                .formatted(task, groupX * groupY, device.groupSize()),
                        "take another kernel step");
            }
            long groupsX = Math.ceilDiv(Math.max(1, x), groupX);
            long groupsY = Math.min(Math.ceilDiv(Math.max(1, y), groupY), MOST_GROUPS);
            WorkerGrid grid =
                    new WorkerGrid2D(
                            Math.toIntExact(groupsX * groupX), Math.toIntExact(groupsY * groupY));
            grid.setLocalWork(groupX, groupY, 1);
            String name = names.getLast() + "." + task;
            grids.addWorkerGrid(name, grid);
            Objects.requireNonNull(tasks.get(names.getLast())).add(name);
            return this;
        }

        /** Arrays of the last graph that stay on the device until {@link TaskPlan#fetch}. */
        Builder onDemand(Object... arrays) {
            demanded.put(names.getLast(), arrays);
            return this;
        }

        TaskPlan build() {
            return new TaskPlan(this);
        }
    }

    /** Times every launch, or only those that are to be proven. */
    void profile(boolean always) {
        profiling = always;
    }

    /**
     * Runs a graph to its end.
     *
     * @param name given to {@link Builder#graph}
     * @return where the time went; all zero unless profiling, or when it is the graph's first run
     * @throws BackendException if it failed, or a task left no trace on the device
     */
    CallTiming run(String name) {
        boolean timed = profiling || unproven.containsKey(name);
        Lock lock = timed ? PROFILER.writeLock() : PROFILER.readLock();
        lock.lock();
        try {
            return DeviceFailure.guard(device, name, () -> timed ? timedRun(name) : plainRun(name));
        } finally {
            lock.unlock();
        }
    }

    private CallTiming plainRun(String name) {
        plan.withoutProfiler();
        results.put(name, plan.withGraph(graphs.indexOf(name)).execute());
        return CallTiming.ZERO;
    }

    private CallTiming timedRun(String name) {
        plan.withProfiler(ProfilerMode.SILENT);
        TornadoExecutionResult result = plan.withGraph(graphs.indexOf(name)).execute();
        results.put(name, result);
        TornadoProfilerResult times = result.getProfilerResult();
        if (unproven.containsKey(name)) {
            prove(name, times.getProfileLog());
            unproven.remove(name);
        }
        return new CallTiming(
                times.getCompileTime(),
                times.getDeviceWriteTime(),
                times.getDeviceKernelTime(),
                times.getDeviceReadTime(),
                0);
    }

    /**
     * Copies to the host what a graph left on the device.
     *
     * @param name of the graph, which has run
     */
    CallTiming fetch(String name) {
        return fetch(name, Objects.requireNonNull(demanded.get(name)));
    }

    /**
     * Copies to the host some of what a graph left on the device.
     *
     * @param name of the graph, which has run
     * @param arrays of those that it leaves until they are demanded
     */
    CallTiming fetch(String name, Object... arrays) {
        return DeviceFailure.guard(
                device,
                name,
                () -> {
                    long start = System.nanoTime();
                    Objects.requireNonNull(results.get(name)).transferToHost(arrays);
                    return new CallTiming(0, 0, 0, System.nanoTime() - start, 0);
                });
    }

    /**
     * The text of every kernel, in the order of the graphs. Runs each graph once, with whatever its
     * arrays hold.
     */
    List<KernelSource> sources() {
        List<KernelSource> sources = new ArrayList<>();
        plan.withPrintKernel();
        for (String name : graphs) {
            DeviceFailure.guard(
                    device,
                    name,
                    () -> {
                        var texts = new PrintedKernels();
                        plan.withGraph(graphs.indexOf(name));
                        TornadoExecutionResult result = texts.collect(plan::execute);
                        JsonNode profile =
                                JSON.readTree(result.getProfilerResult().getProfileLog());
                        sources.addAll(texts.sources(device.driver(), profile.path(name)));
                        return true;
                    });
        }
        return sources;
    }

    /** Every task of the graph has a grid of ours and has spent time on the device. */
    private void prove(String name, String profile) {
        Set<String> expected = new TreeSet<>(unproven.getOrDefault(name, Set.of()));
        for (var entry : JSON.readTree(profile).path(name).properties()) {
            String task = entry.getKey();
            if (!entry.getValue().isObject()) {
                continue; // a figure of the whole graph
            }
            if (!expected.remove(task)) {
                throw notProven(task, "was launched without a grid");
            }
            if (entry.getValue().path("TASK_KERNEL_TIME").asLong() <= 0) {
                throw notProven(task, "was launched but did not run on the device");
            }
        }
        if (!expected.isEmpty()) {
            throw notProven(expected.iterator().next(), "is not in the device's profile");
        }
    }

    private BackendException notProven(String task, String what) {
        return new BackendException(
                device.address(),
                "kernel %s %s".formatted(task, what),
                "take another kernel step or device, and please report this");
    }

    /**
     * Frees the arrays of every graph, the last first: it has all that was handed on. What a graph
     * before it shares is then gone, at which TornadoVM takes offence once it has freed the rest.
     */
    @Override
    public void close() {
        for (int i = graphs.size() - 1; i >= 0; i--) {
            try {
                plan.withGraph(i).freeDeviceMemory();
            } catch (TornadoInternalError alreadyFreed) {
                LOG.log(System.Logger.Level.TRACE, graphs.get(i), alreadyFreed);
            }
        }
    }
}
