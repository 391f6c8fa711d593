namespace Renexus.Server.Gateway;

/// <summary>What every request passes, in this order (GW-2). Business rules and data access come after, in the features.</summary>
internal static class Pipeline
{
    public static WebApplication UseGateway(this WebApplication app)
    {
        // 1. An id under which all of it is found again.
        app.Use(static (context, next) =>
        {
            CorrelationId.Assign(context);
            // 2. What browsers must keep to, whatever the answer.
            SecurityHeaders.Apply(context);
            return next(context);
        });

        // 3. Every failure from here on becomes a problem, also those without a body of their own.
        app.UseExceptionHandler();
        app.UseStatusCodePages();

        // 4. Which operation is meant. The web client's files are everybody's; 404, 405 and 415 are answered before anybody is asked who he is.
        app.UseRouting();
        app.MapWebClient();
        app.Use(Unroutable.AnswerAsync);

        // 5. Which other origins may ask at all.
        app.UseCors();

        // 6. Who asks, and whether that is enough for this operation.
        app.UseAuthentication();
        app.UseAuthorization();

        return app;
    }
}
