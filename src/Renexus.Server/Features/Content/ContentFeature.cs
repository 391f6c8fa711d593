using Renexus.Contracts;
using Renexus.Server.Features.Content.Documents;
using Renexus.Server.Gateway;
using Renexus.Server.Gateway.Configuration;
using Renexus.Server.Gateway.Jobs;
using Renexus.Server.Gateway.Sockets;
using Renexus.Server.Gateway.Sync;

namespace Renexus.Server.Features.Content;

/// <summary>Content items: what a team writes together, reviews and keeps the history of (CO).</summary>
internal static class ContentFeature
{
    /// <summary>Bytes of JSON that one UTF-16 unit of a body can take, written as an escape; and what may stand beside the body.</summary>
    private const int BytesOfUnit = 6;
    private const int BytesBeside = 1024 * 1024;

    public static WebApplicationBuilder AddContent(this WebApplicationBuilder builder)
    {
        // Of a document's keystrokes nobody outside is told each; of the item, that it changed.
        builder.Services.AddSingleton(new PublicResource("content", Channels.WorkspaceKind, "/api/content/{0}"));
        builder.Services.AddSingleton<ContentNotices>();
        builder.Services.AddSingleton<ISyncResource, ContentSync>();
        builder.Services.AddSingleton(ContentParts.Export);
        builder.Services.AddSingleton(ContentParts.Own);
        builder.Services.AddRecurring<TrashRetention>(TrashRetention.Kind, TrashRetention.Hourly, retention => retention.RunAsync);
        builder.Services.AddSingleton<OpenDocuments>();
        builder.Services.AddSingleton<DocumentReading>();
        builder.Services.AddSingleton<DocumentSnapshots>();
        builder.Services.AddSingleton<WholeTexts>();
        builder.Services.AddSingleton<DocumentWriter>();
        builder.Services.AddSingleton<IDrain>(provider => provider.GetRequiredService<DocumentWriter>());
        builder.Services.AddSingleton<DocumentSettling>();
        builder.Services.AddJob<DocumentSettling, DocumentSettling.Written>(DocumentSettling.Kind, settling => settling.SettleAsync);
        builder.AddChannel<ContentChannel>(channel => channel.Rules, channel => channel.Writables);
        return builder;
    }

    /// <summary>How many bytes an item with the longest body may come in.</summary>
    public static long MostBytesOf(RenexusOptions options) => ((long)options.Content.BodyCharacters * BytesOfUnit) + BytesBeside;

    public static WebApplication MapContent(this WebApplication app)
    {
        var options = app.Services.GetRequiredService<RenexusOptions>();
        var mostBytes = MostBytesOf(options);
        var inWorkspace = app.MapGroup("/api/workspaces/{workspaceId:guid}/content").WithTags("Content");
        inWorkspace.MapGet("/", ListContent.HandleAsync).WithSummary("List the content items of a workspace, last changed first").ProducesProblem(404);
        inWorkspace.MapPost("/", CreateContent.HandleAsync).WithSummary("Make a content item").TakesUpTo(mostBytes)
            .Produces<ContentItem>(201).ProducesProblem(403).ProducesProblem(404).ProducesProblem(409);

        inWorkspace.MapPost("/import", ImportContent.HandleAsync).WithSummary("Make a content item of a Markdown file, or of an archive of one with its media")
            .Accepts<ImportContentRequest>("application/json", ImportContent.ArchiveType, ImportContent.OtherArchiveType)
            .WithMetadata(new BodyLimit(options.Limits.UploadBytes is 0 ? null : Math.Max(mostBytes, options.Limits.UploadBytes)))
            .Produces<ContentItem>(201).ProducesProblem(400).ProducesProblem(403).ProducesProblem(404).ProducesProblem(409).ProducesProblem(413).ProducesProblem(415);

        var content = app.MapGroup("/api/content/{contentId:guid}").WithTags("Content");
        content.MapGet("/", GetContent.HandleAsync).WithSummary("Get a content item with its text").ProducesProblem(404);
        content.MapPatch("/", UpdateContent.HandleAsync).WithSummary("Change, submit or approve a content item").TakesUpTo(mostBytes)
            .Produces<ContentItem>().ProducesProblem(403).ProducesProblem(404).ProducesProblem(409).ProducesProblem(412);
        content.MapDelete("/", DeleteContent.HandleAsync).WithSummary("Put a content item into the trash, or remove one from there for good")
            .ProducesProblem(403).ProducesProblem(404).ProducesProblem(409).ProducesProblem(412);
        content.MapPost("/restore", RestoreContent.HandleAsync).WithSummary("Bring a content item back from the trash")
            .Produces<ContentItem>().ProducesProblem(403).ProducesProblem(404).ProducesProblem(409);

        content.MapGet("/export", ExportContent.HandleAsync).WithSummary("Get a content item as a Markdown file, or with its media as an archive")
            .Produces(200, contentType: "text/markdown", additionalContentTypes: ImportContent.ArchiveType).ProducesProblem(404);
        content.MapGet("/authorship", GetAuthorship.HandleAsync).WithSummary("Who wrote what of a content item's text").ProducesProblem(404);

        var revisions = content.MapGroup("/revisions");
        revisions.MapGet("/", ListRevisions.HandleAsync).WithSummary("List a content item's history, newest first").ProducesProblem(404);
        revisions.MapGet("/{n}", GetRevision.HandleAsync).WithSummary("Get a content item as it was").ProducesProblem(404);
        revisions.MapPost("/{n}/restore", RestoreRevision.HandleAsync).WithSummary("Make a content item what it was")
            .Produces<ContentItem>().ProducesProblem(403).ProducesProblem(404).ProducesProblem(412);

        content.MapGet("/comments", ListComments.HandleAsync).WithSummary("List the comments on a content item, where they are now").ProducesProblem(404);
        content.MapPost("/comments", CreateComment.HandleAsync).WithSummary("Comment on a stretch of a content item's text")
            .Produces<ContentComment>(201).ProducesProblem(403).ProducesProblem(404).ProducesProblem(409);
        var comments = app.MapGroup("/api/comments/{commentId:guid}").WithTags("Content");
        comments.MapPatch("/", ResolveComment.HandleAsync).WithSummary("Say that a comment is done, or not")
            .Produces<ContentComment>().ProducesProblem(403).ProducesProblem(404).ProducesProblem(412);
        comments.MapDelete("/", DeleteComment.HandleAsync).WithSummary("Delete a comment with its thread")
            .Produces(204).ProducesProblem(403).ProducesProblem(404).ProducesProblem(412);
        return app;
    }
}
