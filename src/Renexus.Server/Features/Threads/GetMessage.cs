using Microsoft.AspNetCore.Http.HttpResults;
using Renexus.Contracts;
using Renexus.Engine.Storage;
using Renexus.Server.Gateway;
using Renexus.Server.Gateway.Authentication;

namespace Renexus.Server.Features.Threads;

/// <summary>One message by its id: where a link to it leads, what a reply quotes.</summary>
internal static class GetMessage
{
    private static readonly Query<MessageRow> ById = new(
        "threads.get_message",
        $"""
        select {MessageRow.Columns} from threads.message m
        join threads.visible v on v.id = m.thread_id and v.viewer_id = $2
        where m.id = $1 and m.deleted_at is null
        """);

    public static async Task<Results<Ok<Message>, ProblemHttpResult>> HandleAsync(
        Guid messageId, Caller caller, HttpRequest request, MessageAttachments attachments, Database database, CancellationToken cancellationToken)
    {
        var row = await database.QueryFirstAsync(Scope.Of(caller.UserId), ById, [messageId, caller.UserId], cancellationToken);
        return row is null ? Problems.NotFound("message", messageId) : TypedResults.Ok(row.ToMessage(attachments, caller.UserId, request));
    }
}
