namespace Renexus.Server.Tests.Gateway.Outbound;

/// <summary>URLs that must never be called, in all the spellings that attackers are known to try.</summary>
internal static class ForbiddenUrls
{
    private static readonly string[] Hosts =
    [
        // Loopback, in every base and length that some parser takes.
        "127.0.0.1", "127.0.0.1.", "127.1", "127.0.1", "127.255.255.254", "2130706433", "0x7f000001", "0x7F.0x00.0x00.0x01", "0x7f.1", "0177.0.0.1", "0177.0x0.0.1",
        "017700000001", "00000000177.0.0.1", "127.000.000.001", "127.0.0.08", "4294967297", "0x100000001", "1.2.3.4.5", "256.256.256.256", "999",
        "0", "0.0.0.0", "0x0", "00", "0.1", "127.0.0.1.0x1",
        // The same in other alphabets.
        "①②⑦.⓪.⓪.①", "127。0。0。1", "１２７.０.０.１", "127．0．0．1", "127｡0｡0｡1", "²¹³⁰⁷⁰⁶⁴³³", "ⓛⓞⓒⓐⓛⓗⓞⓢⓣ", "ＬＯＣＡＬＨＯＳＴ", "ⓜetadata.google.internal",
        // Names of this machine and of networks.
        "localhost", "localhost.", "LOCALHOST", "sub.localhost", "localhost.localdomain.local", "ip6-localhost", "intranet", "db", "printer.local", "wiki.intranet", "nas.lan",
        "router.home.arpa", "vault.internal", "metadata.google.internal", "metadata.google.internal.", "metadata", "instance-data", "kubernetes.default.svc.cluster.local",
        // Names that lead there, as the test's resolver answers every name.
        "127.0.0.1.nip.io", "localtest.me", "rebind.example.com", "xn--e1afmkfd.example",
        // Private, shared, link-local.
        "10.0.0.1", "10.255.255.255", "172.16.0.1", "172.31.255.255", "192.168.0.1", "192.168.255.255", "100.64.0.1", "100.127.255.255", "169.254.0.1", "3232235521", "0xa.0.0.1",
        // Metadata services.
        "169.254.169.254", "169.254.170.2", "2852039166", "0xA9FEA9FE", "0251.0376.0251.0376", "168.63.129.16", "100.100.100.200", "192.0.0.192", "[fd00:ec2::254]", "[fd20:ce::254]",
        // Multicast, reserved, documentation, benchmarks, relays, broadcast.
        "224.0.0.1", "239.255.255.255", "240.0.0.1", "255.255.255.255", "192.0.0.8", "192.0.2.1", "198.51.100.1", "203.0.113.1", "198.18.0.1", "198.19.255.255", "192.88.99.1",
        // IPv6: loopback, unspecified, unique local, link-local with and without a zone, site-local, multicast, discard.
        "[::1]", "[0:0:0:0:0:0:0:1]", "[0000::0001]", "[::]", "[fc00::1]", "[fd12:3456:789a::1]", "[fe80::1]", "[fe80::1%25eth0]", "[fe80::1%eth0]", "[fe80::1%251]", "[fec0::1]", "[ff02::1]",
        "[ff0e::1]", "[100::1]",
        // IPv6 that hides IPv4: mapped, compatible, translated, NAT64 (both prefixes), 6to4, Teredo.
        "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[0:0:0:0:0:ffff:7f00:0001]", "[::ffff:8.8.8.8]", "[::ffff:169.254.169.254]", "[::127.0.0.1]", "[::7f00:1]", "[::ffff:0:127.0.0.1]",
        "[64:ff9b::7f00:1]", "[64:ff9b::127.0.0.1]", "[64:ff9b:1::7f00:1]", "[2002:7f00:1::]", "[2002:a9fe:a9fe::1]", "[2001:0:4136:e378:8000:63bf:3fff:fdd2]", "[2001::1]",
        // IPv6 for documentation, ORCHID, benchmarks.
        "[2001:db8::1]", "[3fff::1]", "[2001:10::1]", "[2001:20::1]", "[2001:2::1]", "[4000::1]", "[8000::1]",
    ];

    private static readonly string[] Others =
    [
        // Credentials, whoever they are for.
        "https://user@example.com/", "https://user:secret@example.com/", "https://example.com@127.0.0.1/", "https://example.com:80@127.0.0.1/", "http://127.0.0.1#@example.com/",
        "http://127.0.0.1?@example.com/", "https://:@example.com/",
        // Other schemes.
        "ftp://example.com/", "file:///etc/passwd", "gopher://127.0.0.1:6379/_INFO", "dict://127.0.0.1:11211/", "ws://example.com/", "jar:http://example.com!/", "javascript:alert(1)",
        "data:text/plain,x", "unix:///run/docker.sock", "//127.0.0.1/", "/etc/passwd", "127.0.0.1", "",
        // Other ports.
        "http://example.com:22/", "https://example.com:6379/", "http://example.com:8080/", "http://example.com:0/", "http://example.com:65536/", "http://example.com:-1/",
        // What parsers disagree about.
        "http:\\\\127.0.0.1\\", "http://example.com\\@127.0.0.1/", "http:/\\127.0.0.1/", " http://127.0.0.1/", "http://127.0.0.1\t/", "http://exam\nple.com/", "http://127.0.0.1%00.example.com/",
        "http://127.0.0.1%2f@example.com/", "http://%31%32%37.0.0.1/", "http://[::1/", "http://[::1]:80:80/", "http://[example.com]/", "http:///127.0.0.1/", "https:127.0.0.1",
    ];

    public static TheoryData<string> All => [.. Hosts.SelectMany(h => (string[])[$"http://{h}/", $"https://{h}/latest/meta-data/"]).Concat(Others)];

    /// <summary>How many different ones, each host counted once.</summary>
    public static int Count => Hosts.Length + Others.Length;
}
