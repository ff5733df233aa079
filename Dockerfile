# Octolift on a machine with an NVIDIA GPU. Written by the documentation of its parts; not run yet.
#   docker build --build-context tornadovm=$TORNADOVM_HOME -t octolift .     with the TornadoVM SDK for JDK 25, backend CUDA
#   docker run --gpus all octolift                                           shows the devices
#   docker run --gpus all -v $PWD:/work octolift segment --config my.yaml
FROM eclipse-temurin:25-jdk AS jdk

# NVRTC compiles the kernels at run time, with the toolkit's headers: both are in "devel".
FROM nvidia/cuda:13.0.1-devel-ubuntu24.04
RUN apt-get update && apt-get install -y --no-install-recommends maven && rm -rf /var/lib/apt/lists/*
COPY --from=jdk /opt/java/openjdk /opt/java/openjdk
COPY --from=tornadovm . /opt/tornadovm
COPY . /opt/octolift
ENV JAVA_HOME=/opt/java/openjdk
RUN /opt/octolift/octolift build
ENV TORNADOVM_HOME=/opt/tornadovm
WORKDIR /work
ENTRYPOINT ["/opt/octolift/octolift"]
CMD ["devices"]
