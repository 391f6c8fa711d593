using Microsoft.AspNetCore.Http.HttpResults;
using Renexus.Engine.Storage;
using Renexus.Server.Gateway;
using Renexus.Server.Gateway.Authentication;

namespace Renexus.Server.Features.Files;

/// <summary>Leads to a file's bytes: to the same link that the file itself shows, or to one that saves it.</summary>
internal static class GetFileContent
{
    public static async Task<Results<RedirectHttpResult, ProblemHttpResult>> HandleAsync(
        Guid fileId, bool? download, Caller caller, HttpRequest request, FileLinks links, Database database, CancellationToken cancellationToken) =>
        await FileRow.FindAsync(database, fileId, caller.UserId, cancellationToken) switch
        {
            null => Problems.NotFound("file", fileId),
            { IsReady: false } => Problems.Conflict("Its bytes are still on their way."),
            { } file => TypedResults.Redirect(links.ToRead(file.Id, file.Type, caller.UserId, request, download ?? false).Url),
        };
}
