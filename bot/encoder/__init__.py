"""The sentence encoder in onnxruntime, and the thread in which an encoder computes."""
