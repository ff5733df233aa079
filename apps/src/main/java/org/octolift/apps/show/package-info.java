/// Shows point clouds: pictures from several sides, and a page with a 3-D viewer.
package org.octolift.apps.show;
