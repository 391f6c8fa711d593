using Renexus.Contracts;
using Renexus.Server.Gateway;
using Renexus.Server.Gateway.Authentication;
using Renexus.Server.Gateway.Idempotency;

namespace Renexus.Server.Features.Threads;

/// <summary>Sends a message over HTTP; over a socket <see cref="ThreadChannel"/> does, through the same <see cref="MessageWriter"/>.</summary>
internal static class PostMessage
{
    public static async Task<IResult> HandleAsync(
        Guid threadId, PostMessageRequest request, Caller caller, IdempotencyKey? key, MessageWriter writer, CancellationToken cancellationToken)
    {
        // The log remembers the key as the message's cause: what commits in a batch has no transaction of its own to keep it in.
        var committing = await writer.PostAsync(caller.UserId, threadId, request, key?.Value, cancellationToken);
        if ((await committing).Failed(out var problem, out var written))
            return TypedResults.Problem(problem);
        return new StoredJson(written.Data, $"/api/threads/{threadId}/messages");
    }

    /// <summary>201 with JSON that exists already, byte for byte what was announced.</summary>
    private sealed class StoredJson(ReadOnlyMemory<byte> json, string location) : IResult
    {
        public Task ExecuteAsync(HttpContext httpContext)
        {
            httpContext.Response.StatusCode = StatusCodes.Status201Created;
            httpContext.Response.Headers.Location = location;
            return Json.WriteAsync(httpContext, json);
        }
    }
}
