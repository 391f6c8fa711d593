using Renexus.Contracts;
using Renexus.Engine.Storage;
using Renexus.Server.Features.Content.Documents;
using Renexus.Server.Gateway;
using Renexus.Server.Gateway.Authentication;
using Renexus.Server.Gateway.Configuration;

namespace Renexus.Server.Features.Content;

/// <summary>
/// Makes an item what it was after a revision, as a change like any other: what came between stays in the history, and whoever writes at this
/// moment gets it as an update. How far it has come, whose task it is and when it is planned is of today and stays.
/// </summary>
internal static class RestoreRevision
{
    public static async Task<IResult> HandleAsync(
        Guid contentId, long n, IfMatch ifMatch, Caller caller, HttpResponse response, Database database, WholeTexts texts, ContentNotices notices,
        RenexusOptions options, TimeProvider clock, CancellationToken cancellationToken)
    {
        if (await GetRevision.FindAsync(database, contentId, n, caller.UserId, cancellationToken) is not { } revision)
            return Problems.NotFound("revision");
        var request = new PatchContentRequest
        {
            Kind = revision.Kind,
            Title = revision.Title,
            Body = revision.Body,
            Labels = revision.Labels,
            Media = revision.Media,
            Variants = revision.Variants,
        };
        var outcome = await UpdateContent.RunAsync(
            contentId, request, ifMatch.Version, caller.UserId, cause: null, database, texts, notices, options, clock, cancellationToken,
            heldBefore: revision.Media);
        return UpdateContent.Answer(outcome, response);
    }
}
