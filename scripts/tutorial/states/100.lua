-- A head node as it came: no directories, no name, no network of its own. What exercise 101 begins with.
virsh.undefine "compute[1-5]"
virsh.net_destroy "openchami-net"
virsh.net_undefine "openchami-net"
head.dir({ "/data/oci", "/data/s3", "/data", "/srv/nfs", "/opt/workdir" }, { absent = true })
head.sysctl("net.ipv4.ip_forward", 0)
head.host("demo.openchami.cluster", nil, { absent = true })
