export function Logo() {
  return (
    <svg width="26" height="26" viewBox="0 0 32 32" aria-hidden="true">
      <rect width="32" height="32" rx="7" fill="#2b56c9" />
      <g fill="none" stroke="#fff" strokeWidth="2">
        <path d="M12.5 14.8 19.6 11M12.5 17.2l7.1 3.8" />
      </g>
      <g fill="#fff">
        <circle cx="10.5" cy="16" r="3.2" />
        <circle cx="21.5" cy="10" r="3.2" />
        <circle cx="21.5" cy="22" r="3.2" />
      </g>
    </svg>
  );
}
