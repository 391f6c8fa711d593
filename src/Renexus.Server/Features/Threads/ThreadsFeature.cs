using Renexus.Contracts;
using Renexus.Server.Gateway;
using Renexus.Server.Gateway.Jobs;
using Renexus.Server.Gateway.Limits;
using Renexus.Server.Gateway.Sockets;
using Renexus.Server.Gateway.Sync;

namespace Renexus.Server.Features.Threads;

/// <summary>Threads and the messages in them: the place where a team talks (TH).</summary>
internal static class ThreadsFeature
{
    public static WebApplicationBuilder AddThreads(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddSingleton<ThreadDirectory>();
        services.AddSingleton<SeenThreads>();
        services.AddSingleton<MessagePages>();
        services.AddSingleton<MessageAttachments>();
        services.AddSingleton<MessageNotices>();
        services.AddJob<MessageNotices, MessageNotices.Written>(MessageNotices.Kind, notices => notices.TellAsync);
        services.AddSingleton<AttachedThreads>();
        services.AddSingleton<MessageWriter>();
        services.AddSingleton<IDrain>(provider => provider.GetRequiredService<MessageWriter>());
        services.AddHostedService<ThreadHeads>();
        services.AddSingleton<ISyncResource, ThreadSync>();
        services.AddSingleton<ISyncResource, MessageSync>();
        services.AddSingleton<ISyncResource, ReadMarkerSync>();
        services.AddSingleton<ISyncResource, ReactionSync>();
        foreach (var part in OwnWritings.Export)
            services.AddSingleton(part);
        foreach (var part in ThreadParts.All)
            services.AddSingleton(part);
        // Of a private thread only its participants hear, none of them on the workspace's channel.
        services.AddSingleton(new PublicResource("thread", Channels.WorkspaceKind, "/api/threads/{0}"));
        services.AddSingleton(new PublicResource("message", Channels.ThreadKind, "/api/messages/{0}"));
        services.AddSingleton(new PublicResource("reaction", Channels.ThreadKind, "/api/messages"));
        builder.AddChannel<ThreadChannel>(channel => channel.Rules, channel => channel.Writables);
        return builder;
    }

    public static WebApplication MapThreads(this WebApplication app)
    {
        var inWorkspace = app.MapGroup("/api/workspaces/{workspaceId:guid}/threads").WithTags("Threads");
        inWorkspace.MapGet("/", ListThreads.HandleAsync).WithSummary("List the threads of a workspace").ProducesProblem(404);
        inWorkspace.MapPost("/", CreateThread.HandleAsync).WithSummary("Open a thread")
            .Produces<ThreadInfo>(201).ProducesProblem(403).ProducesProblem(404).ProducesProblem(409);

        var threads = app.MapGroup("/api/threads/{threadId:guid}").WithTags("Threads");
        threads.MapGet("/", GetThread.HandleAsync).WithSummary("Get a thread").ProducesProblem(404);
        threads.MapPatch("/", UpdateThread.HandleAsync).WithSummary("Rename, archive or bring back a thread")
            .Produces<ThreadInfo>().ProducesProblem(403).ProducesProblem(404).ProducesProblem(412);
        threads.MapDelete("/", DeleteThread.HandleAsync).WithSummary("Delete a thread")
            .ProducesProblem(403).ProducesProblem(404).ProducesProblem(412);
        threads.MapPost("/read", MarkRead.HandleAsync).WithSummary("Say how far you have read").ProducesProblem(404);
        threads.MapGet("/draft", GetDraft.HandleAsync).WithSummary("Get what you have begun to write in a thread").ProducesProblem(404);
        threads.MapPut("/draft", PutDraft.HandleAsync).WithSummary("Keep what you have begun to write in a thread, on all your devices")
            .Produces<Draft>().ProducesProblem(403).ProducesProblem(404).ProducesProblem(412).ProducesProblem(413);
        threads.MapGet("/messages", ListMessages.HandleAsync).WithSummary("Read a stretch of a thread's history, newest last").ProducesProblem(404);
        threads.MapPost("/messages", PostMessage.HandleAsync).WithSummary("Send a message").LimitedBy(Limit.Messages)
            .Produces<Message>(201).ProducesProblem(403).ProducesProblem(404).ProducesProblem(409);

        var messages = app.MapGroup("/api/messages/{messageId:guid}").WithTags("Threads");
        messages.MapGet("/", GetMessage.HandleAsync).WithSummary("Get a message").ProducesProblem(404);
        messages.MapPatch("/", EditMessage.HandleAsync).WithSummary("Edit your message")
            .Produces<Message>().ProducesProblem(403).ProducesProblem(404).ProducesProblem(409);
        messages.MapDelete("/", DeleteMessage.HandleAsync).WithSummary("Delete a message").ProducesProblem(403).ProducesProblem(404);
        messages.MapPost("/reactions", AddReaction.HandleAsync).WithSummary("React to a message")
            .Produces<Reaction>().ProducesProblem(403).ProducesProblem(404).ProducesProblem(409);
        messages.MapDelete("/reactions/{emoji}", RemoveReaction.HandleAsync).WithSummary("Take your reaction back")
            .ProducesProblem(403).ProducesProblem(404).ProducesProblem(409);

        app.MapGet("/api/me/mentions", ListMentions.HandleAsync).WithTags("Threads").WithSummary("List the messages that mention you, newest first");
        app.MapGet("/api/me/drafts", ListDrafts.HandleAsync).WithTags("Threads").WithSummary("List your drafts, last changed first");
        return app;
    }
}
