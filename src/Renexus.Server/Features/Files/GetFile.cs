using Microsoft.AspNetCore.Http.HttpResults;
using Renexus.Contracts;
using Renexus.Engine.Storage;
using Renexus.Server.Gateway;
using Renexus.Server.Gateway.Authentication;

namespace Renexus.Server.Features.Files;

internal static class GetFile
{
    public static async Task<Results<Ok<StoredFile>, ProblemHttpResult>> HandleAsync(
        Guid fileId, Caller caller, HttpRequest request, FileReception reception, Database database, CancellationToken cancellationToken) =>
        await FileRow.FindAsync(database, fileId, caller.UserId, cancellationToken) is { } file
            ? TypedResults.Ok(reception.Show(file, caller.UserId, request))
            : Problems.NotFound("file", fileId);
}
