package io.github.subquad.tornado;

import uk.ac.manchester.tornado.api.annotations.Parallel;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;
import uk.ac.manchester.tornado.api.types.collections.VectorFloat4;
import uk.ac.manchester.tornado.api.types.vectors.Float4;

/** Where the keys end. */
final class KeyTail {
    private KeyTail() {}

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
                    key.set(j * d4 + c, new Float4(0f, 0f, 0f, 0f));
                }
                for (int c = 0; c < dv4; c++) {
                    value.set(j * dv4 + c, new Float4(0f, 0f, 0f, 0f));
                }
            }
        }
    }
}
