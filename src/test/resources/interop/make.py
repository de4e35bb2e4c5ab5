"""Makes the files beside it with NumPy and the reference implementation of safetensors.

They are small and committed, so that no test needs Python. Made with NumPy 2.4.6 and safetensors
0.8.0:  python make.py
"""

import numpy as np
from numpy.lib import format as npy
from safetensors import TensorSpec, serialize_file

eighths = (np.arange(24, dtype=np.float32) - 8).reshape(2, 3, 4) / 8
bits = (np.arange(6).reshape(2, 3) % 2).astype(bool)


def save(name, array, version=None):
    with open(name + ".npy", "wb") as file:
        npy.write_array(file, array, version=version)


save("float32", eighths)
save("float16", eighths.astype(np.float16))
save("bool", bits)
save("uint8", bits.astype(np.uint8) * 2)
save("scalar", np.float32(2.5))
save("vector", np.arange(5, dtype=np.float32))
save("empty", np.zeros((2, 0, 3), np.float32))
save("version_2", eighths, (2, 0))
save("version_3", eighths, (3, 0))
save("fortran_order", np.asfortranarray(eighths))
save("big_endian", eighths.astype(">f4"))
save("float64", eighths.astype(np.float64))
save("int64", np.arange(3))
save("objects", np.array([{}, None], dtype=object))
save("structured", np.zeros(2, [("x", "<f4"), ("y", "<f4")]))
save("raw_bytes", np.zeros(3, "V2"))
np.savez("archive.npz", eighths)

bfloat16 = (eighths.view(np.uint32) >> 16).astype(np.uint16)
tensors = {
    "zeta": ("float32", eighths),
    "alpha": ("float32", eighths[:, :, :1]),
    "half": ("float16", eighths.astype(np.float16)),
    "brain": ("bfloat16", bfloat16),
    "mask": ("bool", bits),
    "scalar": ("float32", np.float32(2.5)),
    "none": ("float32", np.zeros((2, 0, 3), np.float32)),
}


others = {
    "bytes": ("uint8", bits.astype(np.uint8) * 2),
    "ids": ("int64", np.arange(3)),
    "weights": ("float32", eighths),
    "wide": ("float64", eighths.astype(np.float64)),
}


def save_safetensors(name, chosen, metadata):
    arrays = [np.ascontiguousarray(array).reshape(array.shape) for _, array in chosen.values()]
    specs = {
        key: TensorSpec(
            dtype=dtype,
            shape=array.shape,
            data_ptr=array.ctypes.data,
            data_len=array.nbytes,
        )
        for (key, (dtype, _)), array in zip(chosen.items(), arrays)
    }
    serialize_file(specs, name + ".safetensors", metadata=metadata)


save_safetensors("reference", tensors, {"made by": 'the "reference" \u00fc'})
save_safetensors("other_types", others, None)
