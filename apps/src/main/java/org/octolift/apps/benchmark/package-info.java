/// The ScanNet benchmark's files: votes become label files, label files become scores.
package org.octolift.apps.benchmark;
