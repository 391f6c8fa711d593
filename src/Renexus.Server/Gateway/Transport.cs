using System.Net;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Renexus.Server.Gateway.Configuration;
using IPNetwork = System.Net.IPNetwork;

namespace Renexus.Server.Gateway;

/// <summary>How connections are taken: addresses, what they may cost, and which proxies are believed.</summary>
internal static class Transport
{
    public static void AddTransport(this WebApplicationBuilder builder, RenexusOptions options)
    {
        builder.WebHost.UseUrls(RenexusConfiguration.Urls(builder.Configuration));
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.ConfigureEndpointDefaults(Handover.Use);
            kestrel.Limits.MaxRequestBodySize = options.Limits.RequestBytes;
            kestrel.Limits.MaxRequestHeadersTotalSize = 32 * 1024;
            kestrel.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(10);
            kestrel.Limits.MinRequestBodyDataRate = new MinDataRate(bytesPerSecond: 240, gracePeriod: TimeSpan.FromSeconds(5));
        });
        builder.Services.Configure<ForwardedHeadersOptions>(forwarded =>
        {
            // Empty lists would mean: believe everybody.
            forwarded.ForwardedHeaders = options.Proxy.Trusted.Count == 0 ? ForwardedHeaders.None : ForwardedHeaders.All;
            forwarded.ForwardLimit = null;
            forwarded.KnownProxies.Clear();
            forwarded.KnownIPNetworks.Clear();
            foreach (var entry in options.Proxy.Trusted)
            {
                if (IPAddress.TryParse(entry, out var address))
                    forwarded.KnownProxies.Add(address);
                else
                    forwarded.KnownIPNetworks.Add(IPNetwork.Parse(entry));
            }
        });
    }
}

/// <summary>How large a body may be, where the general limit does not fit.</summary>
internal sealed record BodyLimit(long? MaxRequestBodySize) : Microsoft.AspNetCore.Http.Metadata.IRequestSizeLimitMetadata;

internal static class BodyLimitConventions
{
    /// <summary>The operation takes bodies up to this; more is a 413.</summary>
    public static TBuilder TakesUpTo<TBuilder>(this TBuilder builder, long bytes)
        where TBuilder : IEndpointConventionBuilder
    {
        builder.Add(endpoint => endpoint.Metadata.Add(new BodyLimit(bytes)));
        return builder;
    }
}
