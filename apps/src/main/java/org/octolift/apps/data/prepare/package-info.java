/// Prepares data sets scan by scan: what there is to do, how it is done, and who does it.
package org.octolift.apps.data.prepare;
