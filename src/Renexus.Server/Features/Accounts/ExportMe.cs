using System.Globalization;
using System.Text.Json;
using Renexus.Engine.Storage;
using Renexus.Server.Gateway;
using Renexus.Server.Gateway.Audit;
using Renexus.Server.Gateway.Authentication;

namespace Renexus.Server.Features.Accounts;

/// <summary>Everything that is kept of the asking person, as one JSON file, written as it is read (OR-4).</summary>
internal static class ExportMe
{
    private const int FlushAbove = 32 * 1024;

    public static async Task<IResult> HandleAsync(
        Caller caller, Database database, IEnumerable<PersonalData> parts, TimeProvider clock, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        await database.RecordPersonalAsync(AuditActions.AccountExported, caller.UserId, null, null, now, cancellationToken);
        return new Download(caller.UserId, [.. parts.OrderBy(part => part.Name, StringComparer.Ordinal)], now);
    }

    private sealed class Download(Guid userId, IReadOnlyList<PersonalData> parts, DateTimeOffset now) : IResult
    {
        public async Task ExecuteAsync(HttpContext httpContext)
        {
            var (response, stop) = (httpContext.Response, httpContext.RequestAborted);
            response.ContentType = "application/json; charset=utf-8";
            response.Headers.ContentDisposition =
                string.Create(CultureInfo.InvariantCulture, $"attachment; filename=\"renexus-{now:yyyy-MM-dd}.json\"");
            await using var writer = new Utf8JsonWriter(response.BodyWriter, new JsonWriterOptions { Indented = true, Encoder = Json.Options.Encoder });

            writer.WriteStartObject();
            writer.WritePropertyName("exportedAt");
            JsonSerializer.Serialize(writer, now, Json.Options);
            foreach (var part in parts)
            {
                writer.WritePropertyName(part.Name);
                await WriteAsync(writer, part, httpContext.RequestServices, stop);
            }

            writer.WriteEndObject();
            await writer.FlushAsync(stop);
        }

        private async Task WriteAsync(Utf8JsonWriter writer, PersonalData part, IServiceProvider services, CancellationToken stop)
        {
            var isEmpty = true;
            if (!part.IsOne)
                writer.WriteStartArray();
            await foreach (var item in part.Read(services, userId, stop))
            {
                isEmpty = false;
                JsonSerializer.Serialize(writer, item, Json.Options);
                if (writer.BytesPending > FlushAbove)
                    await writer.FlushAsync(stop);
            }

            if (!part.IsOne)
                writer.WriteEndArray();
            else if (isEmpty)
                writer.WriteNullValue();
        }
    }
}
