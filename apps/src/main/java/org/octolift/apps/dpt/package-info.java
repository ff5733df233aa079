/// Labels images with a dense prediction transformer.
package org.octolift.apps.dpt;
