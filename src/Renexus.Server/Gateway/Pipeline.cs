using Renexus.Server.Gateway.Audit;
using Renexus.Server.Gateway.Authentication;
using Renexus.Server.Gateway.Batches;
using Renexus.Server.Gateway.Configuration;
using Renexus.Server.Gateway.Idempotency;
using Renexus.Server.Gateway.Limits;

namespace Renexus.Server.Gateway;

/// <summary>What every request passes, in this order (GW-2). Business rules and data access come after, in the features.</summary>
internal static class Pipeline
{
    public static WebApplication UseGateway(this WebApplication app)
    {
        var authentication = app.Services.GetRequiredService<BearerAuthentication>();
        var batches = app.Services.GetRequiredService<Batches.Batches>();
        var compression = app.Services.GetRequiredService<Compression>();
        var crossSite = app.Services.GetRequiredService<CrossSite>();
        var limits = app.Services.GetRequiredService<RateLimiting>();
        var repeated = app.Services.GetRequiredService<RepeatedRequests>();

        // A part of a batch comes in here, and takes the same way as what comes alone.
        app.Use(batches.Remember);

        // 0. Who is really there, when a proxy that we know says so.
        app.UseForwardedHeaders();

        // 1. An id under which all of it is found again; then what browsers must keep to, whatever the answer.
        app.Use(static (context, next) =>
        {
            CorrelationId.Assign(context);
            SecurityHeaders.Apply(context);
            return next(context);
        });

        // 2. How large answers travel; every failure from here on becomes a problem, also those without a body of their own.
        app.Use(compression.CompressAsync);
        app.UseExceptionHandler();
        app.UseStatusCodePages();

        // 3. Which operation is meant. The web client's files are everybody's; 404, 405 and 415 are answered before anybody is asked who he is.
        app.UseRouting();
        if (app.Services.GetRequiredService<RenexusOptions>().Has(ProcessRoles.Web))
            app.MapWebClient();
        app.Use(Unroutable.AnswerAsync);
        app.Use(NotInBatch.RefuseAsync);

        // 4. Which pages may ask at all: CORS says whose browsers may read, and no foreign page may write.
        app.UseCors();
        app.Use(crossSite.RefuseAsync);

        // 5. Who asks. An address that floods is turned away before.
        app.Use(limits.LimitAddressAsync);
        app.Use(authentication.AuthenticateAsync);
        app.Use(Origins.AssignAsync);

        // 6. How often, and whether that is enough for this operation: an API key by its scopes, and the dangerous ones want a fresh proof.
        app.Use(limits.LimitCallerAsync);
        app.Use(BearerAuthentication.RequireAsync);
        app.Use(KeyRules.RequireAsync);
        app.Use(RecentProofs.RequireAsync);

        // 7. Whether the client has the current state already. Whether it was asked before: a repeat is answered as the first time.
        app.Use(Freshness.AnswerAsync);
        app.Use(repeated.AnswerOnceAsync);

        // 8. Whether the input makes sense: a filter on each operation (AddValidation), after which its handler runs.
        return app;
    }
}
