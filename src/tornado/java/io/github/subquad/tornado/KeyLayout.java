package io.github.subquad.tornado;

import static io.github.subquad.tornado.DeviceLanes.zero4;

import uk.ac.manchester.tornado.api.annotations.Parallel;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;
import uk.ac.manchester.tornado.api.types.collections.VectorFloat4;
import uk.ac.manchester.tornado.api.types.vectors.Float4;

/**
 * Brings keys and values, once they are on the device, into the form in which kernels take them.
 */
final class KeyLayout {
    /** Keys that lie together in the transposed keys. */
    static final int PANEL = 16;

    private KeyLayout() {}

    /**
     * Zeros behind the last key and value of each head: kernels take keys by the tile, weigh those
     * that are not there by 0, and 0 times what an earlier call left there may be NaN. Grid: key
     * heads.
     */
    static void clearTail(VectorFloat4 key, VectorFloat4 value, IntArray frame) {
        int heads = frame.get(Frame.HEADS) / frame.get(Frame.GROUP);
        int capacity = frame.get(Frame.KEY_CAPACITY);
        int keys = frame.get(Frame.KEYS);
        int d4 = frame.get(Frame.CHANNELS) / 4;
        int dv4 = frame.get(Frame.VALUE_CHANNELS) / 4;
        for (@Parallel int head = 0; head < heads; head++) {
            for (int j = head * capacity + keys; j < (head + 1) * capacity; j++) {
                for (int c = 0; c < d4; c++) {
                    key.set(j * d4 + c, zero4());
                }
                for (int c = 0; c < dv4; c++) {
                    value.set(j * dv4 + c, zero4());
                }
            }
        }
    }

    /**
     * Transposes keys [keyHeads, keyCapacity, 4·d4] into panels of sixteen: keyT [keyHeads,
     * keyCapacity / 16, 4·d4, 16]. A panel is read from end to end by a score tile; rows of
     * keyCapacity floats, a power of two apart, would fall on the same few lines of the cache.
     * Grid: keyHeads · keyCapacity / 4 work-items, four keys each.
     */
    static void transposeKeys(
            VectorFloat4 key, VectorFloat4 keyT, int keyHeads, int keyCapacity, int d4) {
        for (@Parallel int block = 0; block < keyHeads * keyCapacity / 4; block++) {
            int first = block * 4;
            int to = first / PANEL * PANEL * d4 + first % PANEL / 4;
            for (int c = 0; c < d4; c++) {
                int from = first * d4 + c;
                Float4 k0 = key.get(from);
                Float4 k1 = key.get(from + d4);
                Float4 k2 = key.get(from + 2 * d4);
                Float4 k3 = key.get(from + 3 * d4);
                int at = to + c * PANEL;
                keyT.set(at, new Float4(k0.get(0), k1.get(0), k2.get(0), k3.get(0)));
                keyT.set(at + PANEL / 4, new Float4(k0.get(1), k1.get(1), k2.get(1), k3.get(1)));
                keyT.set(at + PANEL / 2, new Float4(k0.get(2), k1.get(2), k2.get(2), k3.get(2)));
                keyT.set(
                        at + PANEL / 4 * 3, new Float4(k0.get(3), k1.get(3), k2.get(3), k3.get(3)));
            }
        }
    }
}
