using System.Buffers;
using System.Net.Sockets;
using Microsoft.AspNetCore.Http.Features;
using Tandem.Server.Options;

namespace Tandem.Server.Http;

/// <summary>
/// Bounds what a request may send, and sees that an answer arrives that is given before all of it was read. A connection that is
/// closed while bytes wait in its socket is reset, and with the reset the far side may lose the answer it has not read yet: most
/// clients send all before they look. So the answer goes out first, and then the rest is read and thrown away, up to
/// <see cref="HttpOptions.MaxDrainBytes"/> and for <see cref="HttpOptions.DrainTimeout"/> (RFC 9112 §9.6). The web server alone would
/// close at once where its own limit is passed. HTTP/2 ends a stream without harm to the connection and needs none of this.
/// </summary>
public sealed class BodyMiddleware(RequestDelegate next, TandemOptions options)
{
    private const int ChunkBytes = 16 * 1024;

    public Task InvokeAsync(HttpContext context) =>
        HasBody(context) && context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit ? BoundAsync(context, limit) : next(context);

    private static bool HasBody(HttpContext context) =>
        (HttpProtocol.IsHttp11(context.Request.Protocol) || HttpProtocol.IsHttp10(context.Request.Protocol))
        && context.Features.Get<IHttpRequestBodyDetectionFeature>()?.CanHaveBody == true
        && context.Features.Get<IHttpUpgradeFeature>()?.IsUpgradableRequest != true;

    private async Task BoundAsync(HttpContext context, IHttpMaxRequestBodySizeFeature limit)
    {
        var body = new BoundedBody(context.Request.Body, context.Request.ContentLength, limit.MaxRequestBodySize);
        limit.MaxRequestBodySize = null;
        context.Request.Body = body;
        context.Features.Set<IHttpMaxRequestBodySizeFeature>(body);
        var isAwaitingContinue = context.Request.Headers.Expect.Count > 0;
        context.Response.OnStarting(() =>
        {
            // After a refusal, who waits for "100 Continue" sends either nothing or all of it (RFC 9110 §10.1.1), and nothing tells which.
            if (!body.HasEnded && ((isAwaitingContinue && !body.IsReadOnly) || body.Left > options.Http.MaxDrainBytes))
                context.Response.Headers.Connection = "close";
            return Task.CompletedTask;
        });

        await next(context);
        if (body.HasEnded)
            return;

        await context.Response.CompleteAsync();
        if (!await DrainAsync(body, context.RequestAborted))
            context.Abort();
    }

    // True when the body is at its end and the connection can go on.
    private async Task<bool> DrainAsync(BoundedBody body, CancellationToken aborted)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(ChunkBytes);
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(aborted);
        patience.CancelAfter(options.Http.DrainTimeout);
        try
        {
            for (long drained = 0; !body.HasEnded && drained < options.Http.MaxDrainBytes;)
                drained += await body.ReadRestAsync(buffer, patience.Token);

            return body.HasEnded;
        }
        catch (Exception e) when (e is OperationCanceledException or IOException or SocketException)
        {
            // Too slow, or gone: what was answered has been sent.
            return false;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
