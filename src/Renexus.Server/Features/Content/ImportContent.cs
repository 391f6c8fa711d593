using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Net.Http.Headers;
using Renexus.Contracts;
using Renexus.Engine.Storage;
using Renexus.Server.Features.Files;
using Renexus.Server.Gateway;
using Renexus.Server.Gateway.Authentication;
using Renexus.Server.Gateway.Configuration;
using Renexus.Server.Gateway.Validation;

namespace Renexus.Server.Features.Content;

/// <summary>Makes an item of a file of Markdown, or of an archive of one with its media: a draft, whatever it was where it comes from.</summary>
internal static class ImportContent
{
    public const string ArchiveType = "application/zip";

    /// <summary>What Windows calls the same.</summary>
    public const string OtherArchiveType = "application/x-zip-compressed";

    /// <param name="id">Of the item, when the body is an archive.</param>
    /// <param name="name">Of the archive's file: the title, when its text says none.</param>
    public static async Task<IResult> HandleAsync(
        Guid workspaceId, Guid? id, [StringLength(200)] string? name, HttpRequest request, Caller caller, HttpResponse response, FileBundle files, Database database,
        ContentNotices notices, RenexusOptions options, TimeProvider clock, CancellationToken cancellationToken)
    {
        if (IsArchive(request))
        {
            var import = new ImportArchive(files, database, notices, options, clock);
            return CreateContent.Answer(await import.RunAsync(workspaceId, id, name, request.Body, caller.UserId, cancellationToken), response);
        }

        // The limit of the operation is that of archives.
        if (request.HttpContext.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
            limit.MaxRequestBodySize = ContentFeature.MostBytesOf(options);
        var wanted = await request.ReadFromJsonAsync<ImportContentRequest>(Json.Options, cancellationToken) ?? new ImportContentRequest();
        if (Validation.Check(wanted) is { } invalid)
            return TypedResults.Problem(invalid);
        var item = MarkdownFile.Read(wanted.Markdown!, wanted.Name) with { Id = wanted.Id };
        if (Validation.Check(item) is { } refusal)
            return TypedResults.Problem(refusal);
        return await CreateContent.HandleAsync(workspaceId, item, caller, response, database, notices, options, clock, cancellationToken);
    }

    private static bool IsArchive(HttpRequest request) =>
        MediaTypeHeaderValue.TryParse(request.ContentType, out var type) && type.MediaType.Value is { } media
        && (media.Equals(ArchiveType, StringComparison.OrdinalIgnoreCase) || media.Equals(OtherArchiveType, StringComparison.OrdinalIgnoreCase));
}
