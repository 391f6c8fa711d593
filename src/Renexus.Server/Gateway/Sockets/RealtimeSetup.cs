using Renexus.Contracts.Realtime;
using Renexus.Engine.Changes;
using Renexus.Engine.Realtime;
using Renexus.Engine.Storage;
using Renexus.Server.Gateway.Batches;
using Renexus.Server.Gateway.Configuration;
using Renexus.Server.Gateway.Fallbacks;
using Renexus.Server.Gateway.Jobs;

namespace Renexus.Server.Gateway.Sockets;

/// <summary>The log's delivery to whoever listens.</summary>
internal static class RealtimeSetup
{
    public static WebApplicationBuilder AddRealtime(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddSingleton<ChangeLog>();
        services.AddSingleton(provider => new ChannelDirectory(
            provider.GetServices<ChannelRules>(), provider.GetServices<IEnumerable<WritableResource>>().SelectMany(resources => resources)));
        services.AddSingleton<RepeatedWrites>();
        services.AddSingleton<ConversationRegistry>();
        services.AddSingleton<TimerWheel>();
        services.AddSingleton<MissedChanges>();
        services.AddSingleton<WaitingPolls>();
        services.AddSingleton<NodeLease>();
        services.AddSingleton<Hub>();
        services.AddSingleton<EphemeralRelay>();
        services.AddSingleton<PresenceGossip>();
        services.AddSingleton(provider => new PresenceOptions { Grace = provider.GetRequiredService<RenexusOptions>().Realtime.PresenceGrace });
        services.AddSingleton<Presence>();
        services.AddSingleton<RealtimeServices>();
        services.AddSingleton(provider => new NodeIdentity(provider.GetRequiredService<RenexusOptions>().DataDirectory));
        services.AddSingleton(provider => new NodeOptions
        {
            Id = provider.GetRequiredService<NodeIdentity>().Id,
            Name = Environment.MachineName,
            ResumeFor = provider.GetRequiredService<RenexusOptions>().Realtime.ResumeFor,
        });
        services.AddSingleton(provider => new HubOptions { CheckInterval = provider.GetRequiredService<RenexusOptions>().Realtime.PositionCheck });
        services.AddSingleton(provider => new MessageEncoder(
            provider.GetRequiredService<ChannelDirectory>().NameOf, provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton(provider => new HintBus(
            provider.GetRequiredService<Database>(), provider.GetRequiredService<NodeOptions>().Id,
            provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILogger<HintBus>>()));
        services.AddSingleton(provider => new SessionStore(
            provider.GetRequiredService<Database>(), provider.GetRequiredService<NodeOptions>(),
            provider.GetRequiredService<RenexusOptions>().Limits.ConnectionsPerUser, Channels.UserKind,
            provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILogger<SessionStore>>()));
        services.AddHostedService<RealtimeLifetime>();
        services.AddRecurring<ChangeRetention>(ChangeRetention.Kind, ChangeRetention.Hourly, retention => retention.RunAsync);
        return builder;
    }

    /// <summary>Registers a kind of channel, with what its feature lets be written on it and on others.</summary>
    public static void AddChannel<TChannel>(
        this WebApplicationBuilder builder, Func<TChannel, ChannelRules> rulesOf, Func<TChannel, IEnumerable<WritableResource>>? writablesOf = null)
        where TChannel : class
    {
        builder.Services.AddSingleton<TChannel>();
        builder.Services.AddSingleton(provider => rulesOf(provider.GetRequiredService<TChannel>()));
        if (writablesOf is not null)
            builder.Services.AddSingleton(provider => writablesOf(provider.GetRequiredService<TChannel>()));
    }

    public static WebApplication MapRealtime(this WebApplication app)
    {
        app.MapGet("/ws", SocketEndpoint.HandleAsync).AllowAnonymous().ExcludeFromDescription();
        var fallbacks = app.MapGroup("/api").WithTags("Real-time").WithMetadata(new NotInBatch());
        fallbacks.MapGet("/events", EventsEndpoint.HandleAsync).CarryingParts().WithSummary("Listen to channels, by Server-Sent Events")
            .Produces(200, contentType: "text/event-stream").ProducesProblem(429);
        fallbacks.MapGet("/poll", PollEndpoint.HandleAsync).CarryingParts().WithSummary("Ask what happened on channels, and wait for it")
            .Produces<PolledMessages>().ProducesProblem(404).ProducesProblem(429);
        app.MapPost("/api/send", SendEndpoint.HandleAsync).WithTags("Real-time").WithSummary("Send what a socket would carry").CarryingParts()
            .Accepts<RealtimeMessage[]>("application/json").Produces<SentMessages>();
        return app;
    }
}
