using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Net.Http.Headers;
using Renexus.Engine.Storage;
using Renexus.Server.Gateway;
using Renexus.Server.Gateway.Authentication;

namespace Renexus.Server.Features.Content;

/// <summary>An item as a file of Markdown.</summary>
internal static class ExportContent
{
    public static async Task<Results<ContentHttpResult, ProblemHttpResult>> HandleAsync(
        Guid contentId, Caller caller, HttpResponse response, Database database, CancellationToken cancellationToken)
    {
        if (await GetContent.FindAsync(database, contentId, caller.UserId, cancellationToken) is not var (item, body))
            return Problems.NotFound("content", contentId);
        var disposition = new ContentDispositionHeaderValue("attachment");
        disposition.SetHttpFileName($"{NameOf(item.Title)}.md");
        response.Headers.ContentDisposition = disposition.ToString();
        return TypedResults.Text(MarkdownFile.Write(item, body), "text/markdown", System.Text.Encoding.UTF8);
    }

    // What every system takes in a name.
    private static string NameOf(string title)
    {
        var name = new string([.. title.Select(c => c is '\\' or '/' or ':' or '*' or '?' or '"' or '<' or '>' or '|' || char.IsControl(c) ? ' ' : c)]).Trim(' ', '.');
        return name.Length == 0 ? "content" : Texts.Cut(name, 80);
    }
}
