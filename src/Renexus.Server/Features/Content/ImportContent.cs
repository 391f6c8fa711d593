using Renexus.Contracts;
using Renexus.Engine.Storage;
using Renexus.Server.Gateway;
using Renexus.Server.Gateway.Authentication;
using Renexus.Server.Gateway.Configuration;

namespace Renexus.Server.Features.Content;

/// <summary>Makes an item of a file of Markdown: a draft, whatever it was where it comes from.</summary>
internal static class ImportContent
{
    public static async Task<IResult> HandleAsync(
        Guid workspaceId, ImportContentRequest request, Caller caller, HttpResponse response, Database database, ContentNotices notices, RenexusOptions options,
        TimeProvider clock, CancellationToken cancellationToken)
    {
        var item = MarkdownFile.Read(request.Markdown!, request.Name) with { Id = request.Id };
        if (Gateway.Validation.Validation.Check(item) is { } refusal)
            return TypedResults.Problem(refusal);
        return await CreateContent.HandleAsync(workspaceId, item, caller, response, database, notices, options, clock, cancellationToken);
    }
}
