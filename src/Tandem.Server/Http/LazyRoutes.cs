using Microsoft.AspNetCore.Routing;

namespace Tandem.Server.Http;

/// <summary>
/// Routes of a group whose code is made when they are first asked for. The framework reads a handler's parameters and compiles code for them; for all routes of the API together that
/// takes a second of a core, which the first request would wait for. What a route says of itself (its parameters, its answers) is read at once.
/// </summary>
/// <remarks>They go before the framework's methods of the same names, which take any <see cref="IEndpointRouteBuilder"/>.</remarks>
public static class LazyRoutes
{
    private static readonly string[] Get = [HttpMethods.Get];
    private static readonly string[] Post = [HttpMethods.Post];
    private static readonly string[] Put = [HttpMethods.Put];
    private static readonly string[] Delete = [HttpMethods.Delete];
    private static readonly string[] Patch = [HttpMethods.Patch];

    public static RouteHandlerBuilder MapGet(this RouteGroupBuilder group, string pattern, Delegate handler) => Map(group, pattern, handler, Get);

    public static RouteHandlerBuilder MapPost(this RouteGroupBuilder group, string pattern, Delegate handler) => Map(group, pattern, handler, Post);

    public static RouteHandlerBuilder MapPut(this RouteGroupBuilder group, string pattern, Delegate handler) => Map(group, pattern, handler, Put);

    public static RouteHandlerBuilder MapDelete(this RouteGroupBuilder group, string pattern, Delegate handler) => Map(group, pattern, handler, Delete);

    public static RouteHandlerBuilder MapPatch(this RouteGroupBuilder group, string pattern, Delegate handler) => Map(group, pattern, handler, Patch);

    private static RouteHandlerBuilder Map(RouteGroupBuilder group, string pattern, Delegate handler, string[] methods) =>
        RouteHandlerServices.Map(group, pattern, handler, methods, RequestDelegateFactory.InferMetadata, MakeLater);

    private static RequestDelegateResult MakeLater(Delegate handler, RequestDelegateFactoryOptions options, RequestDelegateMetadataResult? metadata)
    {
        var made = new Lazy<RequestDelegate>(() => RequestDelegateFactory.Create(handler, options, metadata).RequestDelegate);
        return new RequestDelegateResult(context => made.Value(context), metadata?.EndpointMetadata ?? []);
    }
}
