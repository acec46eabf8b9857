using Tandem.Core.Net;
using Tandem.Core.Time;
using Tandem.Sip.Engine;

namespace Tandem.Sip.Resolution;

/// <summary>
/// One location of one name (RFC 3263 §4.1, §4.2): NAPTR, then SRV, then addresses, as far as the URI leaves open. The number of
/// questions is bounded, whatever the answers say.
/// </summary>
internal sealed class LocateRun(SipLocator locator, string name, string? domain, bool isSecure, Action<SipTargetList, Moment> done)
{
    // Services looked at: a domain has one for each transport and perhaps a few more.
    private const int MaxServices = 8;

    // Addresses looked at; of them at most MaxTargets are tried.
    private const int MaxAddresses = 64;

    private readonly List<Service> _services = [];
    private int _waiting;
    private int _group;
    private bool _isUnanswered;

    public void Start(SipTransportKind? transport, int port, Moment now)
    {
        if (transport is { } named && !locator.Reaches(named))
        {
            Nowhere(LocateFailure.NoTransport, now);
            return;
        }

        if (port > 0)
        {
            var usual = transport ?? Usual();
            if (locator.Reaches(usual))
                AskAddresses([new Endpoint(usual, name, port)], now);
            else
                Nowhere(LocateFailure.NoTransport, now);
            return;
        }

        if (transport is { } only)
        {
            _services.Add(new Service(0, only, SipServices.SrvName(only, name), IsSrv: true));
            AskServices(now);
            return;
        }

        locator.Resolver.Resolve(new DnsQuestion(name, DnsType.Naptr), now, OnNaptr);
    }

    private SipTransportKind Usual() => isSecure ? SipTransportKind.Tls : SipTransportKind.Udp;

    // RFC 3263 §4.1. What is not usable is left out: other services, transports that we lack, for sips: all that is not TLS.
    private void OnNaptr(DnsAnswer answer, Moment now)
    {
        Note(answer);
        foreach (var record in answer.Records.OrderBy(r => r.Weight).ThenBy(r => r.Priority))
        {
            if (record.HasExpression || record.Flags is not ("s" or "a") || !DnsName.IsUsable(record.Target) || _services.Count >= MaxServices
                || !SipServices.TryRead(record.Service, out var transport) || !IsUsable(transport))
                continue;

            _services.Add(new Service(record.Weight, transport, record.Target, record.Flags == "s"));
        }

        // No NAPTR: the SRV records of each transport are asked for, and the first that has some is used.
        if (_services.Count == 0)
        {
            AddUsual(SipTransportKind.Udp);
            AddUsual(SipTransportKind.Tcp);
            AddUsual(SipTransportKind.Tls);
        }

        if (_services.Count == 0)
            Nowhere(LocateFailure.NoTransport, now);
        else
            AskServices(now);
    }

    private void AddUsual(SipTransportKind transport)
    {
        if (IsUsable(transport))
            _services.Add(new Service(_services.Count, transport, SipServices.SrvName(transport, name), IsSrv: true));
    }

    private bool IsUsable(SipTransportKind transport) => locator.Reaches(transport) && (!isSecure || transport == SipTransportKind.Tls);

    private void AskServices(Moment now)
    {
        // One more than are asked, so that answers that are there at once do not finish the round early.
        _waiting = _services.Count + 1;
        foreach (var service in _services)
        {
            if (service.IsSrv)
            {
                locator.Resolver.Resolve(new DnsQuestion(service.Name, DnsType.Srv), now, (answer, at) =>
                {
                    Note(answer);
                    service.Records = answer.Records;
                    ServiceAnswered(at);
                });
            }
            else
            {
                ServiceAnswered(now);
            }
        }

        ServiceAnswered(now);
    }

    private void ServiceAnswered(Moment now)
    {
        if (--_waiting == 0)
            NextGroup(now);
    }

    // Services of one order are alternatives; those of a later one are looked at only when these lead nowhere (RFC 3403 §4.1).
    private void NextGroup(Moment now)
    {
        while (_group < _services.Count)
        {
            var order = _services[_group].Order;
            var endpoints = new List<Endpoint>();
            for (; _group < _services.Count && _services[_group].Order == order; _group++)
                AddEndpoints(_services[_group], endpoints);

            if (endpoints.Count == 0)
                continue;

            AskAddresses(endpoints, now);
            return;
        }

        // RFC 3263 §4.2: without SRV records, the addresses of the name itself. RFC 2782: but not when a record says that there is no
        // such service.
        if (_services.Count > 0 && _services.TrueForAll(s => s.IsSrv && s.Records.Count == 0))
        {
            var transport = _services[0].Transport;
            _services.Clear();
            AskAddresses([new Endpoint(transport, name, SipAddressing.DefaultPort(transport))], now);
            return;
        }

        Nowhere(_isUnanswered ? LocateFailure.NoAnswer : LocateFailure.NotFound, now);
    }

    private void AddEndpoints(Service service, List<Endpoint> endpoints)
    {
        if (!service.IsSrv)
        {
            endpoints.Add(new Endpoint(service.Transport, service.Name, SipAddressing.DefaultPort(service.Transport)));
            return;
        }

        foreach (var record in SrvOrder.Of(service.Records, locator.Random))
        {
            if (endpoints.Count >= locator.Options.MaxTargets)
                return;
            if (DnsName.IsUsable(record.Target) && record.Port > 0)
                endpoints.Add(new Endpoint(service.Transport, record.Target, record.Port));
        }
    }

    private void AskAddresses(List<Endpoint> endpoints, Moment now)
    {
        _waiting = 1;
        foreach (var endpoint in endpoints)
        {
            if (locator.Reaches(endpoint.Transport, v6: true))
                AskAddress(endpoints, endpoint, DnsType.Aaaa, now);
            if (locator.Reaches(endpoint.Transport, v6: false))
                AskAddress(endpoints, endpoint, DnsType.A, now);
        }

        AddressAnswered(endpoints, now);
    }

    private void AskAddress(List<Endpoint> endpoints, Endpoint endpoint, DnsType type, Moment now)
    {
        _waiting++;
        locator.Resolver.Resolve(new DnsQuestion(endpoint.Host, type), now, (answer, at) =>
        {
            Note(answer);
            if (type == DnsType.Aaaa)
                endpoint.V6 = answer.Records;
            else
                endpoint.V4 = answer.Records;
            AddressAnswered(endpoints, at);
        });
    }

    private void AddressAnswered(List<Endpoint> endpoints, Moment now)
    {
        if (--_waiting > 0)
            return;

        var targets = new List<SipFlow>();
        foreach (var endpoint in endpoints)
        {
            // IPv6 first, when we have it at all (RFC 7984 §3.2, RFC 6724 §2.1).
            Add(targets, endpoint, endpoint.V6);
            Add(targets, endpoint, endpoint.V4);
        }

        var awake = targets.FindAll(t => !locator.Rests(t, now));
        if (awake.Count > 0)
            targets = awake;
        if (targets.Count > locator.Options.MaxTargets)
            targets.RemoveRange(locator.Options.MaxTargets, targets.Count - locator.Options.MaxTargets);

        if (targets.Count > 0)
            done(SipTargetList.Of(targets, domain), now);
        else if (_group < _services.Count)
            NextGroup(now);
        else
            Nowhere(_isUnanswered ? LocateFailure.NoAnswer : LocateFailure.NotFound, now);
    }

    private static void Add(List<SipFlow> targets, Endpoint endpoint, IReadOnlyList<DnsRecord> records)
    {
        foreach (var record in records)
        {
            var target = new SipFlow(endpoint.Transport, default, record.Address.WithPort(endpoint.Port));
            if (targets.Count < MaxAddresses && !record.Address.IsUnspecified && !targets.Contains(target))
                targets.Add(target);
        }
    }

    private void Note(DnsAnswer answer) => _isUnanswered |= answer.Status == DnsAnswerStatus.Failed;

    private void Nowhere(LocateFailure failure, Moment now) => done(SipTargetList.Nowhere(failure, domain), now);

    private sealed record Service(int Order, SipTransportKind Transport, string Name, bool IsSrv)
    {
        public IReadOnlyList<DnsRecord> Records { get; set; } = [];
    }

    private sealed record Endpoint(SipTransportKind Transport, string Host, int Port)
    {
        public IReadOnlyList<DnsRecord> V4 { get; set; } = [];

        public IReadOnlyList<DnsRecord> V6 { get; set; } = [];
    }
}
