using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Tandem.Calls.Ivr;
using Tandem.Calls.Tenants;
using Tandem.Core.Privacy;
using Tandem.Server.Otlp;
using Tandem.Server.Webhooks;
using Tandem.Storage.Ivr;

namespace Tandem.Server.Ivr;

/// <summary>
/// Asks the web services of flows: signed like webhooks, only where webhooks may lead, without redirects, proxies and cookies; the time, the answer and the number of requests at once are bounded.
/// </summary>
public sealed class IvrWeb : IIvrWeb, IDisposable
{
    private const int ShareOfTenant = 2;

    private readonly IvrOptions _options;
    private readonly TimeProvider _time;
    private readonly Func<TenantId, ValueTask<Secret?>> _secretOf;
    private readonly HttpClient _client;
    private readonly ConcurrentDictionary<TenantId, int> _byTenant = new();
    private int _underWay;

    public IvrWeb(IvrOptions options, WebhookTargets targets, IvrDirectory directory, IvrRepository repository, TimeProvider time)
        : this(options, targets, tenant => SecretAsync(directory, repository, tenant), time)
    {
    }

    /// <param name="secretOf">The secret of a tenant; null when its key is gone.</param>
    internal IvrWeb(IvrOptions options, WebhookTargets targets, Func<TenantId, ValueTask<Secret?>> secretOf, TimeProvider time)
    {
        _options = options;
        _time = time;
        _secretOf = secretOf;
        _client = GuardedConnection.Client(targets, options.MaxWebTimeout, options.MaxWebRequests);
    }

    /// <summary>Hears of each request that was sent, its answer and when it was sent; it must not throw. Set when there is somebody.</summary>
    public Action<IvrWebRequest, IvrWebAnswer, DateTimeOffset>? Asked { get; set; }

    /// <summary>Requests under way.</summary>
    public int UnderWay => Volatile.Read(ref _underWay);

    /// <inheritdoc/>
    public async Task<IvrWebAnswer> AskAsync(IvrWebRequest request)
    {
        if (Enter(request.Tenant) is { } full)
            return new IvrWebAnswer(0, default, full);

        using var timeout = new CancellationTokenSource(request.Timeout, _time);
        DateTimeOffset? began = null;
        IvrWebAnswer answer;
        try
        {
            // Whoever asks is on a shard: nothing of this runs there.
            await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
            if (await _secretOf(request.Tenant).AsTask().WaitAsync(timeout.Token).ConfigureAwait(false) is not { } secret)
                return new IvrWebAnswer(0, default, "the secret of the requests cannot be read: its key is gone");

            began = _time.GetUtcNow();
            using var message = MessageOf(request, secret);
            using var response = await _client.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, timeout.Token).ConfigureAwait(false);
            answer = await ReadAsync(response, timeout.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            answer = new IvrWebAnswer(0, default, string.Create(CultureInfo.InvariantCulture, $"no answer within {request.Timeout.TotalSeconds} s"));
        }
        catch (Exception e) when (e is HttpRequestException or IOException or UriFormatException or InvalidOperationException or NotSupportedException or FormatException or ArgumentException
            or System.Data.Common.DbException)
        {
            answer = new IvrWebAnswer(0, default, WebhookSender.Reason(e));
        }
        finally
        {
            Leave(request.Tenant);
        }

        if (began is { } sent)
            Asked?.Invoke(request, answer, sent);
        return answer;
    }

    public void Dispose() => _client.Dispose();

    // A web service of one tenant that hangs must leave room for those of others.
    private string? Enter(TenantId tenant)
    {
        var most = Math.Max(1, _options.MaxWebRequests / ShareOfTenant);
        if (Interlocked.Increment(ref _underWay) > _options.MaxWebRequests)
        {
            Interlocked.Decrement(ref _underWay);
            return $"{_options.MaxWebRequests} requests are under way already";
        }

        if (_byTenant.AddOrUpdate(tenant, 1, static (_, count) => count + 1) <= most)
            return null;

        Leave(tenant);
        return $"{most} requests of the tenant are under way already";
    }

    private void Leave(TenantId tenant)
    {
        Interlocked.Decrement(ref _underWay);
        if (_byTenant.AddOrUpdate(tenant, 0, static (_, count) => count - 1) == 0)
            _byTenant.TryRemove(KeyValuePair.Create(tenant, 0));
    }

    private async Task<IvrWebAnswer> ReadAsync(HttpResponseMessage response, CancellationToken cancellation)
    {
        var status = (int)response.StatusCode;
        var body = new byte[_options.MaxWebBytes + 1];
        var length = 0;
        await using var stream = await response.Content.ReadAsStreamAsync(cancellation).ConfigureAwait(false);
        int read;
        while (length < body.Length && (read = await stream.ReadAsync(body.AsMemory(length), cancellation).ConfigureAwait(false)) > 0)
            length += read;
        return length > _options.MaxWebBytes
            ? new IvrWebAnswer(status, default, $"the answer has more than {_options.MaxWebBytes} bytes")
            : new IvrWebAnswer(status, body.AsMemory(0, length));
    }

    private HttpRequestMessage MessageOf(IvrWebRequest request, Secret secret)
    {
        var body = request.Body ?? [];
        var timestamp = _time.GetUtcNow().ToUnixTimeSeconds();
        var message = new HttpRequestMessage(request.Body is null ? HttpMethod.Get : HttpMethod.Post, request.Url);
        if (request.Body is not null)
        {
            message.Content = new ByteArrayContent(body);
            message.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        }

        message.Headers.UserAgent.Add(new ProductInfoHeaderValue("Tandem", "1"));
        message.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
        if (CallSpans.IsTrace(request.TraceId))
            message.Headers.Add("traceparent", CallOfDelivery.Parent(request.TraceId, CallSpans.MenuId(request)));
        message.Headers.Add("webhook-id", request.Id);
        message.Headers.Add("webhook-timestamp", timestamp.ToString(CultureInfo.InvariantCulture));

        // A GET has no body: what it says is its address.
        var signed = request.Body is null ? Encoding.UTF8.GetBytes(new Uri(request.Url).PathAndQuery) : body;
        message.Headers.Add("webhook-signature", WebhookSignature.Sign(request.Id, timestamp, signed, secret));
        return message;
    }

    private static async ValueTask<Secret?> SecretAsync(IvrDirectory directory, IvrRepository repository, TenantId tenant) =>
        directory.FindSecret(tenant) ?? await repository.SecretAsync(tenant).ConfigureAwait(false);
}
