using Renexus.Contracts;

namespace Renexus.Server.Features.Search;

/// <summary>
/// Finds what somebody may see by its words (TH-5). What can be found is published by the features that own it, each as a view with the
/// same columns: a second kind is a second branch of <see cref="SearchWorkspace"/>'s window.
/// </summary>
internal static class SearchFeature
{
    public static WebApplicationBuilder AddSearch(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<SearchIndex>();
        builder.Services.AddHostedService<SearchFollowing>();
        return builder;
    }

    public static WebApplication MapSearch(this WebApplication app)
    {
        app.MapGet("/api/search", SearchWorkspace.HandleAsync).WithTags("Search").WithSummary("Find messages of a workspace by their words")
            .Produces<Page<SearchHit>>().ProducesProblem(404);
        return app;
    }
}
