using System.IO.Pipelines;
using System.Net.Mime;
using System.Text;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Net.Http.Headers;
using Renexus.Contracts;
using Renexus.Server.Gateway;
using Renexus.Server.Gateway.Authentication;
using Renexus.Server.Gateway.Validation;

namespace Renexus.Server.Features.Files;

/// <summary>A small file in one request, as HTML forms and <c>curl -F</c> send it (FI-1): the part <c>file</c>, and beside it what JSON would say.</summary>
internal static class UploadForm
{
    /// <summary>Whatever is larger is sent by an address of its own, which can go on after a break.</summary>
    public const long MaxBytes = 10 * 1024 * 1024;

    /// <summary>What the rest of the form may have.</summary>
    public const int MaxFieldsBytes = 64 * 1024;

    private const int MaxFieldBytes = 1024;

    /// <summary>COR_E_IO.</summary>
    private const int UnnumberedIo = unchecked((int)0x80131620);

    public static bool Is(HttpRequest request) =>
        MediaTypeHeaderValue.TryParse(request.ContentType, out var type) && type.MediaType.Equals(CreateFile.FormType, StringComparison.OrdinalIgnoreCase);

    public static async Task<IResult> HandleAsync(
        Guid workspaceId, HttpRequest request, Caller caller, FileReception reception, FileLinks links, CancellationToken cancellationToken)
    {
        var boundary = HeaderUtilities.RemoveQuotes(MediaTypeHeaderValue.Parse(request.ContentType).Boundary).Value;
        if (string.IsNullOrEmpty(boundary))
            return Problems.Validation("file", "The form has no boundary; let your HTTP library write its Content-Type.");

        var place = new StoragePlace(workspaceId, Guid.NewGuid());
        var isKept = false;
        try
        {
            var form = new CreateFileRequest();
            var reader = new MultipartReader(boundary, request.Body) { HeadersCountLimit = 8, HeadersLengthLimit = 4096 };
            while (await reader.ReadNextSectionAsync(cancellationToken) is { } section)
            {
                if (!ContentDispositionHeaderValue.TryParse(section.ContentDisposition, out var disposition))
                    continue;
                var name = HeaderUtilities.RemoveQuotes(disposition.Name).Value;
                if (disposition.IsFileDisposition() && name is "file" && form.Size is null)
                {
                    var size = await reception.ReceiveUnknownAsync(place, section.Body, MaxBytes, cancellationToken);
                    if (size is null)
                        return Problems.Of(ProblemCode.PayloadTooLarge, $"A form takes files of up to {MaxBytes} bytes; reserve a place for a larger one with JSON, and send it to the address in the answer.");
                    form = form with { Size = size, Name = form.Name ?? FileNameOf(disposition), Type = form.Type ?? section.ContentType ?? MediaTypeNames.Application.Octet };
                    continue;
                }
                var value = await ReadAsync(section.Body, cancellationToken);
                switch (name)
                {
                    case "id" when Guid.TryParse(value, out var id):
                        form = form with { Id = id };
                        break;
                    case "threadId" when Guid.TryParse(value, out var thread):
                        form = form with { ThreadId = thread };
                        break;
                    case "id" or "threadId":
                        return Problems.Validation(name, "It must be a UUID.");
                    case "name":
                        form = form with { Name = value };
                        break;
                    case "type":
                        form = form with { Type = value };
                        break;
                    case "sha256":
                        form = form with { Sha256 = value };
                        break;
                    default:
                        return Problems.Validation(name ?? "file", "It is not known here: send the file as the part \"file\", and besides id, name, type, sha256 or threadId.");
                }
            }
            if (form.Size is null)
                return Problems.Validation("file", "The form has no part \"file\".");
            if (Validation.Check(form) is { } invalid)
                return TypedResults.Problem(invalid);

            var outcome = await reception.KeepAsync(workspaceId, form, place, caller.UserId, cancellationToken);
            if (outcome.Failed(out var problem, out var file))
                return TypedResults.Problem(problem);
            isKept = file.Place == place;
            return TypedResults.Created($"/api/files/{file.Id}", reception.Show(file, caller.UserId, request));
        }
        catch (Exception e) when (e is InvalidDataException || IsOfReader(e))
        {
            return Problems.Validation("file", "The form cannot be read: a part has too many headers, or it ends too early.");
        }
        finally
        {
            if (!isKept)
                reception.Abandon(place);
        }
    }

    // "Unexpected end of Stream": one that the disk has trouble with brings the system's number along.
    private static bool IsOfReader(Exception e) => e.GetType() == typeof(IOException) && e.HResult == UnnumberedIo;

    // Browsers of old sent whole paths.
    private static string? FileNameOf(ContentDispositionHeaderValue disposition)
    {
        var name = HeaderUtilities.RemoveQuotes(disposition.FileNameStar.HasValue ? disposition.FileNameStar : disposition.FileName).Value;
        return name?[(name.LastIndexOfAny(['/', '\\']) + 1)..];
    }

    private static async Task<string> ReadAsync(Stream body, CancellationToken cancellationToken)
    {
        var buffer = new byte[MaxFieldBytes + 1];
        var read = await body.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellationToken);
        return read <= MaxFieldBytes
            ? Encoding.UTF8.GetString(buffer.AsSpan(0, read))
            : throw new ProblemException(Problems.Invalid("file", $"A field of the form has more than {MaxFieldBytes} bytes."));
    }
}
