/// Matrix products by cuBLASLt, called through the Foreign Function API from library tasks of
/// TornadoVM.
package org.octolift.engine.cublas;
