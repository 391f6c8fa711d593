using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Net.Http.Headers;
using Renexus.Engine.Storage;
using Renexus.Server.Features.Files;
using Renexus.Server.Gateway;
using Renexus.Server.Gateway.Authentication;

namespace Renexus.Server.Features.Content;

/// <summary>An item as a file of Markdown, or with its media as an archive.</summary>
internal static class ExportContent
{
    /// <param name="media">As an archive, with the files that belong to it or that its text refers to.</param>
    public static async Task<Results<ContentHttpResult, PushStreamHttpResult, ProblemHttpResult>> HandleAsync(
        Guid contentId, bool? media, Caller caller, HttpResponse response, FileBundle files, Database database, CancellationToken cancellationToken)
    {
        if (await GetContent.FindAsync(database, contentId, caller.UserId, cancellationToken) is not var (item, body))
            return Problems.NotFound("content", contentId);
        if (media is not true)
        {
            Name(response, $"{MarkdownFile.NameOf(item.Title)}.md");
            return TypedResults.Text(MarkdownFile.Write(item, body), "text/markdown", System.Text.Encoding.UTF8);
        }

        var archive = await ContentArchive.OfAsync(item, body, files, caller.UserId, cancellationToken);
        if (archive.Media.Count > 0)
            await files.RecordDownloadsAsync([.. archive.Media], caller.UserId, cancellationToken);
        Name(response, $"{MarkdownFile.NameOf(item.Title)}.zip");
        return TypedResults.Stream(target => archive.WriteAsync(target, files, cancellationToken), "application/zip");
    }

    private static void Name(HttpResponse response, string name)
    {
        var disposition = new ContentDispositionHeaderValue("attachment");
        disposition.SetHttpFileName(name);
        response.Headers.ContentDisposition = disposition.ToString();
    }
}
