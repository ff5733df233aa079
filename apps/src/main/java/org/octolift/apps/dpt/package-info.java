/// Labels images, and tells their depth, with a dense prediction transformer.
package org.octolift.apps.dpt;
