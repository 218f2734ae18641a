/** The mark: a crown drawn over a tooth. Beside the name it says nothing more to those who hear the page. */
export function Mark({ size = 36 }: { readonly size?: number }) {
  return (
    <svg className="mark" width={size} height={size} viewBox="0 0 48 48" aria-hidden="true">
      <rect className="mark-ground" width="48" height="48" rx="9" />
      <path className="mark-crown" d="M13 17.5 11.6 8.6 18 12.6 24 6.4l6 6.2 6.4-4L35 17.5Z" />
      <path
        className="mark-tooth"
        d="M14.6 21.5c-2.7 3.4-1.5 7.8.2 11.4 1.400 3 1.500 8.600 4 8.600 2.900 0 1.900-7.300 5.200-7.300s2.300 7.300 5.200 7.300c2.500 0 2.600-5.600 4-8.600 1.700-3.600 2.900-8 .2-11.400-2.200-2.600-6-1.400-9.400-.3-3.400-1.100-7.200-2.300-9.400.3Z"
      />
    </svg>
  )
}
