using Renexus.Engine.Storage;
using Renexus.Server.Gateway;
using Renexus.Server.Gateway.Authentication;

namespace Renexus.Server.Features.Files;

/// <summary>All bytes were sent: they are put together and checked, and the file is ready. By whoever began it.</summary>
internal static class CompleteFile
{
    public static async Task<IResult> HandleAsync(
        Guid fileId, Caller caller, HttpRequest request, FileReception reception, Database database, CancellationToken cancellationToken)
    {
        if (await FileRow.FindAsync(database, fileId, caller.UserId, cancellationToken) is not { } file)
            return Problems.NotFound("file", fileId);
        if (!file.MayComplete(caller.UserId))
            return Problems.Forbidden("Only who began an upload brings it to its end.");

        var outcome = await reception.CompleteAsync(file, caller.UserId, cancellationToken);
        return outcome.Failed(out var problem, out var ready) ? TypedResults.Problem(problem) : TypedResults.Ok(reception.Show(ready, caller.UserId, request));
    }
}
