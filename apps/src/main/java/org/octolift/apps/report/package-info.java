/// What people look at: point clouds drawn as pictures, and the run's report, one HTML page that
/// needs nothing else.
package org.octolift.apps.report;
