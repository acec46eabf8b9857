using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Text;
using Tandem.Core.Privacy;
using Tandem.Server.Otlp;
using Tandem.Storage.Webhooks;

namespace Tandem.Server.Webhooks;

/// <summary>
/// Makes one attempt: a signed POST. It follows no redirect, knows no proxy and no cookie, reads next to nothing of the answer, and connects only
/// where <see cref="WebhookTargets"/> allows.
/// </summary>
public sealed class WebhookSender : IDisposable
{
    private readonly WebhookOptions _options;
    private readonly WebhookTargets _targets;
    private readonly TimeProvider _time;
    private readonly HttpClient _client;

    /// <param name="authenticate">For tests: how the certificate of a receiver is checked. Null for the rules of the system.</param>
    public WebhookSender(WebhookOptions options, TimeProvider time, RemoteCertificateValidationCallback? authenticate = null)
    {
        _options = options;
        _time = time;
        _targets = new WebhookTargets(options.AllowPrivate);
        _client = GuardedConnection.Client(_targets, options.Timeout, options.TotalConcurrency, authenticate);
    }

    /// <summary>Sends an event once. It never throws but for <paramref name="stop"/>.</summary>
    /// <exception cref="OperationCanceledException">The server stops; what became of the attempt is not known.</exception>
    public async Task<DeliveryAttempt> SendAsync(Webhook webhook, WebhookDelivery delivery, CancellationToken stop)
    {
        if (webhook.Secret is not { } secret)
            return new DeliveryAttempt(0, "the secret of the webhook cannot be read: its key is gone", IsFinal: true);

        using var patience = CancellationTokenSource.CreateLinkedTokenSource(stop);
        using var timeout = new CancellationTokenSource(_options.Timeout, _time);
        using var link = timeout.Token.Register(static state => ((CancellationTokenSource)state!).Cancel(), patience);
        try
        {
            using var request = Request(webhook, webhook.Url, delivery.EventId, delivery.Body, secret);
            if (CallOfDelivery.TraceId(delivery) is { } trace)
                request.Headers.Add("traceparent", CallOfDelivery.Parent(trace, CallSpans.WebhookId(delivery)));
            using var response = await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, patience.Token);
            return Judge(response);
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            return new DeliveryAttempt(0, string.Create(CultureInfo.InvariantCulture, $"no answer within {_options.Timeout.TotalSeconds} s"));
        }
        catch (Exception e) when (e is HttpRequestException or IOException or UriFormatException or InvalidOperationException or NotSupportedException)
        {
            return new DeliveryAttempt(0, Reason(e));
        }
    }

    /// <summary>Asks a question once, signed as an event is, and reads the answer; null, and why, when there is none. It never throws.</summary>
    /// <param name="webhook">Whose secret signs.</param>
    /// <param name="url">Where it goes: of the origin of the webhook.</param>
    /// <param name="id">The value of <c>webhook-id</c>.</param>
    /// <param name="body">JSON.</param>
    /// <param name="mostBytes">The longest answer.</param>
    /// <param name="limit">How long it may take.</param>
    /// <param name="parent">The header <c>traceparent</c>; null for none.</param>
    public async Task<(string? Answer, string Problem)> AskAsync(Webhook webhook, string url, string id, string body, int mostBytes, TimeSpan limit, string? parent = null)
    {
        if (webhook.Secret is not { } secret)
            return (null, "the secret of the webhook cannot be read: its key is gone");

        using var timeout = new CancellationTokenSource(limit, _time);
        try
        {
            using var request = Request(webhook, url, id, body, secret);
            if (parent is not null)
                request.Headers.Add("traceparent", parent);
            using var response = await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, timeout.Token);
            if (Judge(response) is { Error.Length: > 0 } refused)
                return (null, refused.Error);

            await using var stream = await response.Content.ReadAsStreamAsync(timeout.Token);
            var buffer = new byte[mostBytes + 1];
            var length = await stream.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, timeout.Token);
            return length > mostBytes ? (null, "the answer is too long") : (Encoding.UTF8.GetString(buffer, 0, length), "");
        }
        catch (OperationCanceledException)
        {
            return (null, string.Create(CultureInfo.InvariantCulture, $"no answer within {limit.TotalSeconds} s"));
        }
        catch (Exception e) when (e is HttpRequestException or IOException or UriFormatException or InvalidOperationException or NotSupportedException)
        {
            return (null, Reason(e));
        }
    }

    public void Dispose() => _client.Dispose();

    private static DeliveryAttempt Judge(HttpResponseMessage response)
    {
        var status = (int)response.StatusCode;
        return status switch
        {
            >= 200 and < 300 => new DeliveryAttempt(status, ""),
            >= 300 and < 400 => new DeliveryAttempt(status, "the receiver redirects, which is not followed"),
            (int)HttpStatusCode.Gone => new DeliveryAttempt(status, "the receiver wants no more (410)", IsFinal: true),
            _ => new DeliveryAttempt(status, string.Create(CultureInfo.InvariantCulture, $"status {status}"), response.Headers.RetryAfter?.Delta),
        };
    }

    private HttpRequestMessage Request(Webhook webhook, string url, string id, string text, Secret secret)
    {
        var now = _time.GetUtcNow();
        var body = Encoding.UTF8.GetBytes(text);
        var timestamp = now.ToUnixTimeSeconds();
        var signature = webhook.PreviousSecret is { } previous && webhook.PreviousUntil > now
            ? WebhookSignature.Sign(id, timestamp, body, secret, previous)
            : WebhookSignature.Sign(id, timestamp, body, secret);
        var request = new HttpRequestMessage(HttpMethod.Post, url) { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        request.Headers.UserAgent.Add(new ProductInfoHeaderValue("Tandem", "1"));

        // Add refuses line breaks, and all of these are of our own making.
        request.Headers.Add("webhook-id", id);
        request.Headers.Add("webhook-timestamp", timestamp.ToString(CultureInfo.InvariantCulture));
        request.Headers.Add("webhook-signature", signature);
        return request;
    }

    internal static string Reason(Exception e)
    {
        for (var inner = e; inner is not null; inner = inner.InnerException)
        {
            switch (inner)
            {
                case SocketException socket:
                    return socket.SocketErrorCode is SocketError.HostNotFound or SocketError.NoData or SocketError.TryAgain
                        ? "the name cannot be resolved" : $"no connection: {socket.SocketErrorCode}";
                case AuthenticationException:
                    return "TLS failed: the certificate of the receiver is not valid, or it speaks no TLS 1.2";
                case IOException { InnerException: null } io:
                    return io.Message;
                default:
                    break;
            }
        }

        return e.Message;
    }
}
