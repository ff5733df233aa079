/// Prepares data sets on Apache Spark, from and to whatever storage Hadoop knows.
package org.octolift.spark;
