/// States of networks and optimisers in files: safetensors for our own, and PyTorch's files,
/// which are read as data by an allow-list and never run.
package org.octolift.nn.checkpoint;
