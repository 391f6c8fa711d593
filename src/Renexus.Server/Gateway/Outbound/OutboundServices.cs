namespace Renexus.Server.Gateway.Outbound;

internal static class OutboundServices
{
    public static void AddOutbound(this IServiceCollection services)
    {
        services.AddSingleton(OutboundNetwork.System);
        services.AddSingleton(provider => new AddressRules(provider.GetRequiredService<Configuration.RenexusOptions>(), provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<OutboundUrls>();
        services.AddSingleton<OutboundDialer>();
        services.AddSingleton<OutboundClient>();
    }
}
