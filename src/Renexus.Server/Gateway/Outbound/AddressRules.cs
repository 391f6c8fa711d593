using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using Renexus.Server.Gateway.Configuration;

namespace Renexus.Server.Gateway.Outbound;

/// <summary>What an address is to somebody who was told to call it by a user.</summary>
internal enum AddressKind
{
    /// <summary>On the public Internet.</summary>
    Public,

    /// <summary>This machine or a network around it: only what the operator allows, <c>Renexus:Webhooks</c>.</summary>
    Private,

    /// <summary>Nothing that is ever called: cloud metadata, multicast, reserved, and forms that hide another address inside.</summary>
    Never,
}

/// <summary>
/// Which addresses a call to a user's URL may reach (SE-5, SEC-SSRF-01). Of IPv6 only what is given out to the public counts as public;
/// everything else is refused without being named. The rest follows IANA's special-purpose registries.
/// </summary>
internal sealed class AddressRules(RenexusOptions options, Func<IEnumerable<IPAddress>> ownAddresses, TimeProvider clock)
{
    private static readonly TimeSpan OwnAddressesAge = TimeSpan.FromMinutes(1);
    private static readonly IPNetwork GlobalUnicast = IPNetwork.Parse("2000::/3");

    // The first that contains an address decides.
    private static readonly (IPNetwork Network, AddressKind Kind)[] Special =
    [
        // Metadata services, which hand out credentials to whoever can call them: AWS, GCP, Azure and others; ECS; Azure's wire server; Alibaba; Oracle.
        .. In(AddressKind.Never, "169.254.0.0/16", "168.63.129.16/32", "100.100.100.200/32", "192.0.0.192/32", "fd00:ec2::/32", "fd20:ce::/32"),
        // "This host"; protocol assignments; documentation; 6to4 relays; benchmarks; multicast; reserved and broadcast.
        .. In(AddressKind.Never, "0.0.0.0/8", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4"),
        // Loopback; private; shared by carriers.
        .. In(AddressKind.Private, "127.0.0.0/8", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10"),
        // Loopback; unique local.
        .. In(AddressKind.Private, "::1/128", "fc00::/7"),
        // Inside the public space: Teredo, ORCHID, benchmarks and other assignments of the IETF; 6to4; documentation.
        .. In(AddressKind.Never, "2001::/23", "2002::/16", "2001:db8::/32", "3fff::/20"),
    ];

    private readonly IPNetwork[] allowed = [.. options.Webhooks.AllowNetworks.Select(ToNetwork)];

    private readonly Lock refreshing = new();
    private HashSet<IPAddress> own = [];
    private DateTimeOffset ownUntil;

    public AddressRules(RenexusOptions options, TimeProvider clock)
        : this(options, ReadOwnAddresses, clock)
    {
    }

    /// <summary>Whether it may be called.</summary>
    /// <param name="isTrusted">By a name that the operator lets lead inside.</param>
    public bool Allows(IPAddress address, bool isTrusted) => KindOf(address) switch
    {
        AddressKind.Public => true,
        AddressKind.Private => isTrusted || IsListed(address),
        _ => false,
    };

    /// <summary>Whether a host may lead inside, over http and any port: all may, or it is named by the operator, or an address in a network that is.</summary>
    /// <param name="host">In one spelling, without a dot at its end.</param>
    public bool Trusts(string host) =>
        options.Webhooks.AllowPrivateAddresses
        || options.Webhooks.AllowHosts.Contains(host, StringComparer.OrdinalIgnoreCase)
        || (IPAddress.TryParse(host, out var address) && KindOf(address) == AddressKind.Private && IsListed(address));

    public AddressKind KindOf(IPAddress address)
    {
        // A zone belongs to link-local addresses; an address inside another is not called by its outer name.
        if (address is { AddressFamily: AddressFamily.InterNetworkV6 } && (address.IsIPv4MappedToIPv6 || address.ScopeId != 0))
            return AddressKind.Never;
        foreach (var (network, kind) in Special)
        {
            if (network.Contains(address))
                return kind;
        }

        // IPv4-compatible, NAT64 (both prefixes), link-local, site-local, multicast, discard and all that is not given out.
        if (address.AddressFamily == AddressFamily.InterNetworkV6 && !GlobalUnicast.Contains(address))
            return AddressKind.Never;
        return IsOwn(address) ? AddressKind.Private : AddressKind.Public;
    }

    private static IPNetwork ToNetwork(string text) =>
        IPNetwork.TryParse(text, out var network) ? network
        : new IPNetwork(IPAddress.Parse(text), text.Contains(':') ? 128 : 32);

    private bool IsListed(IPAddress address) => Array.Exists(allowed, network => network.Contains(address));

    // A public address of this machine leads back to what listens here for itself alone.
    private bool IsOwn(IPAddress address)
    {
        lock (refreshing)
        {
            var now = clock.GetUtcNow();
            if (ownUntil <= now)
                (own, ownUntil) = ([.. ownAddresses()], now + OwnAddressesAge);
            return own.Contains(address);
        }
    }

    private static IEnumerable<IPAddress> ReadOwnAddresses() =>
        NetworkInterface.GetAllNetworkInterfaces().SelectMany(i => i.GetIPProperties().UnicastAddresses).Select(a => a.Address);

    private static IEnumerable<(IPNetwork Network, AddressKind Kind)> In(AddressKind kind, params string[] networks) =>
        networks.Select(n => (IPNetwork.Parse(n), kind));
}
