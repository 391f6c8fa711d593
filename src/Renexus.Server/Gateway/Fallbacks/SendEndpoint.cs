using System.Text.Json;
using Renexus.Engine.Realtime.Sockets;
using Renexus.Server.Gateway.Audit;
using Renexus.Server.Gateway.Authentication;
using Renexus.Server.Gateway.Sockets;

namespace Renexus.Server.Gateway.Fallbacks;

/// <summary>
/// <c>POST /api/send</c>: what a socket would carry upwards, a message or an array of them. They are taken in order, under the same rules
/// and limits, and answered together once each is committed or refused.
/// </summary>
internal static class SendEndpoint
{
    private const int MostMessages = 500;

    public static async Task HandleAsync(HttpContext context, Caller caller, RealtimeServices services)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body, context.RequestAborted);
        if (Split(body.GetBuffer().AsMemory(0, (int)body.Length)) is not { } messages)
        {
            await ProblemWriter.WriteAsync(context, Problems.Invalid("$", "Send a message, or an array of messages, as JSON."));
            return;
        }
        if (messages.Count > MostMessages)
        {
            await ProblemWriter.WriteAsync(context, Problems.Invalid("$", $"Send {MostMessages} messages at most in one request."));
            return;
        }

        var answers = new AnswerCollector(services.Clock);
        var conversation = new Conversation(services, answers, caller, Origins.Of(context, caller));
        try
        {
            await conversation.TakeAsync(messages);
        }
        finally
        {
            conversation.OnClosed(CloseCode.Normal);
        }
        await WriteAsync(context.Response, answers.Messages);
    }

    private static async Task WriteAsync(HttpResponse response, IReadOnlyList<OutboundMessage> messages)
    {
        using var json = new MemoryStream();
        json.Write("{\"messages\":["u8);
        MessageList.Write(json, messages);
        json.Write("]}"u8);
        response.ContentType = "application/json; charset=utf-8";
        await response.Body.WriteAsync(json.GetBuffer().AsMemory(0, (int)json.Length), response.HttpContext.RequestAborted);
    }

    /// <summary>The messages of a body; null when it is not JSON of this kind. What is wrong within a message is that message's answer.</summary>
    private static List<ReadOnlyMemory<byte>>? Split(ReadOnlyMemory<byte> json)
    {
        try
        {
            var reader = new Utf8JsonReader(json.Span, new JsonReaderOptions { MaxDepth = 1_000 });
            reader.Read();
            if (reader.TokenType == JsonTokenType.StartObject)
            {
                reader.Skip();
                return reader.Read() ? null : [json];
            }
            if (reader.TokenType != JsonTokenType.StartArray)
                return null;
            var messages = JsonPieces.Elements(ref reader, json);
            return reader.Read() ? null : messages;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}

/// <summary>Messages that are encoded already, as the elements of a JSON array.</summary>
internal static class MessageList
{
    public static void Write(Stream json, IReadOnlyList<OutboundMessage> messages)
    {
        for (var i = 0; i < messages.Count; i++)
        {
            if (i > 0)
                json.WriteByte((byte)',');
            json.Write(messages[i].Json.Span);
        }
    }
}
